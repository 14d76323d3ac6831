import { grafanaRules } from './alerts/grafana-rules.ts';
import { alertRules, alertRuleTests, recordingRules, yamlOf } from './alerts/prometheus-rules.ts';
import { runbookMarkdown } from './alerts/runbook.ts';
import { analyticsDashboard } from './analytics/analytics-board.ts';
import { ANALYTICS_BOARDS } from './analytics/analytics-boards.ts';
import { dashboardOf } from './board.ts';
import { BOARDS } from './boards.ts';

/** Files of dashboards/ that nobody writes by hand. */
export function generatedFiles(): readonly { readonly path: string; readonly text: string }[] {
  return [
    { path: 'rules/recording.yaml', text: yamlOf(recordingRules()) },
    { path: 'rules/alerts.yaml', text: yamlOf(alertRules()) },
    { path: 'rules/alerts.test.yaml', text: yamlOf(alertRuleTests('minutes')) },
    { path: 'rules/alerts-hours.test.yaml', text: yamlOf(alertRuleTests('hours')) },
    { path: 'provisioning/alerting/rules.yaml', text: yamlOf(grafanaRules()) },
    { path: 'runbook.md', text: runbookMarkdown() },
    ...ANALYTICS_BOARDS.map((board) => ({
      path: `analytics/${board.id}.json`,
      text: `${JSON.stringify(analyticsDashboard(board), null, 2)}\n`,
    })),
    ...BOARDS.map((board) => ({
      path: `grafana/${board.id}.json`,
      text: `${JSON.stringify(dashboardOf(board), null, 2)}\n`,
    })),
  ];
}
