import { expect, test } from '@grafana/plugin-e2e';

/** For who has a Grafana server (`npm run server`): the provisioned dashboard. CI has none, and checks types alone. */
test.beforeEach(async ({ gotoDashboardPage, readProvisionedDashboard }) => {
  const dashboard = await readProvisionedDashboard({ fileName: 'dashboard.json' });
  await gotoDashboardPage(dashboard);
});

test('draws the session of the provisioned table', async ({ page }) => {
  await expect(page.getByTestId('playpath headline')).toContainText('stall');
  await expect(page.getByTestId('playpath lane label')).toContainText(['Player', 'edge-a']);
  await expect(page.getByRole('figure', { name: /^Timeline of session/ })).toMatchAriaSnapshot(`
    - figure /Timeline of session/:
      - slider "Shown part"
      - button /Incident 1/
      - application /Lanes of session/
  `);
});

test('walks with the keyboard and announces', async ({ page }) => {
  await page.getByTestId('playpath lanes').focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('playpath announcement')).toContainText('Startup');
  await page.keyboard.press('n');
  await expect(page.getByRole('button', { name: /^Incident 1/, pressed: true })).toBeVisible();
});

test('tells what is under the pointer', async ({ page }) => {
  await page.getByTestId('playpath lanes').hover();
  await expect(page.getByTestId('playpath tooltip')).toMatchAriaSnapshot(`
    - strong
    - term: Rendition
    - definition: /bit\/s/
  `);
});

test('shows one outcome alone when its name in the legend is clicked', async ({ page, selectors }) => {
  const hits = page.getByTestId(selectors.components.VizLegend.seriesName('Cache hit'));
  await hits.getByRole('button').click();
  await expect(page.getByTestId('playpath lane label')).toContainText([/of \d+ shown/]);
});

test('has no barriers of its own', async ({ page, scanForA11yViolations }) => {
  await expect(page.getByTestId('playpath session')).toBeVisible();
  const results = await scanForA11yViolations({ include: '[data-testid="playpath session"]' });
  expect(results).toHaveNoA11yViolations();
});
