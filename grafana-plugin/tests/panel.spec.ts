import { expect, test } from '@grafana/plugin-e2e';

/** For who has a Grafana server (`npm run server`): the provisioned dashboard, with axe. CI has none. */
test.beforeEach(async ({ gotoDashboardPage, readProvisionedDashboard }) => {
  const dashboard = await readProvisionedDashboard({ fileName: 'dashboard.json' });
  await gotoDashboardPage(dashboard);
});

test('draws the session of the provisioned table', async ({ page }) => {
  await expect(page.getByTestId('playpath headline')).toContainText('stall');
  await expect(page.getByTestId('playpath lane label')).toContainText(['Player', 'edge-a']);
});

test('walks with the keyboard and announces', async ({ page }) => {
  await page.getByTestId('playpath lanes').focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('playpath announcement')).toContainText('Startup');
});
