import { FAMILIES, METRICS } from '../collector/metrics/contract.ts';
import type { MetricDefinition } from '../collector/metrics/definition.ts';
import { BOUNDS, type LabelDefinition, OTHER, VIEWER } from '../collector/metrics/labels.ts';
import { RATIOS, ratioExpression } from '../collector/metrics/ratios.ts';
import { SELF_METRICS, type SelfMetric } from '../collector/telemetry/self-contract.ts';
import type { GeneratedPage } from './generate.ts';

const INTRODUCTION = `# Metrics

Every metric Playpath emits. This page is generated from \`collector/metrics/contract.ts\`; a test keeps it current.

\`GET /metrics\` on port 9464 serves them as Prometheus text, or as OpenMetrics with exemplars when the scraper asks for
it: the exemplar's \`trace_id\` is the session's trace. \`GET /metrics/collector\` serves the collector's own.

- Base units: seconds, bytes, bits, bits per second. Everything is counted before any sampling.
- Every label is a closed set or has a budget. A value beyond it is \`${OTHER}\`, and playpath_label_overflow_total says so.
- A counter is absent until it first counts, and a Prometheus that was here before is shown 0 first: \`rate()\` and
  \`increase()\` begin with the first sample and would miss what came before it. Session ids are never labels.
- Numbers from a source that samples are weighted by the inverse of its rate.
`;

/** docs/metrics.md. */
export const page: GeneratedPage = { file: 'metrics.md', text: metricsMarkdown };

export function metricsMarkdown(): string {
  const families = FAMILIES.map(({ title, metrics }) => `## ${title}\n\n${metrics.map(metricMarkdown).join('\n')}`);
  return [INTRODUCTION, overviewMarkdown(), ratiosMarkdown(), ...families, labelsMarkdown(), selfMarkdown()].join('\n');
}

function metricMarkdown(metric: MetricDefinition): string {
  const rows: [string, string][] = [
    ['Type', metric.type === 'histogram' ? `histogram: ${metric.buckets.map(boundText).join(', ')}` : metric.type],
    ['Unit', metric.unit],
    ['Labels', labelNames(metric.labels)],
    ['Definition', metric.clause],
  ];
  if (metric.edge !== '') rows.splice(3, 0, ['Mind', metric.edge]);
  return `### ${metric.name}\n\n${metric.help}\n\n${rows.map(([name, value]) => `- **${name}**: ${value}`).join('\n')}\n`;
}

function overviewMarkdown(): string {
  const rows = METRICS.map((metric: MetricDefinition) => {
    const own = metric.labels.filter((label) => !isViewer(label)).map((label) => `\`${label.name}\``);
    const labels = metric.labels.some(isViewer) ? [...own, 'viewer'] : own;
    return `| [${metric.name}](#${metric.name}) | ${metric.type} | ${metric.unit} | ${labels.join(', ')} | ${metric.help} |`;
  });
  return `## Overview

\`viewer\` stands for the [viewer dimensions](#viewer-dimensions).

| Name | Type | Unit | Labels | Meaning |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function ratiosMarkdown(): string {
  const rows = RATIOS.map((ratio) => {
    const { name, note, id, by } = ratio;
    const expression = ratioExpression(ratio, { by, window: '5m' });
    const recorded = `Recorded as \`playpath:${id}:rate5m\` and \`playpath:${id}:rate1h\`.`;
    return `**${name}**${note === '' ? '' : `: ${note}`}. ${recorded}\n\n\`\`\`promql\n${expression}\n\`\`\`\n`;
  });
  return `## Ratios

Counters and histograms are exported, never ratios: ratios do not add up. These are the ones that the definitions ask
for; \`dashboards/rules/recording.yaml\` records each over five minutes and an hour.

${rows.join('\n')}`;
}

/** The viewer dimensions are named once, because twenty metrics carry all six. */
function labelNames(labels: readonly LabelDefinition[]): string {
  const own = labels.filter((label) => !isViewer(label)).map((label) => `\`${label.name}\` (${valuesText(label)})`);
  const names = labels.some(isViewer) ? [...own, '[viewer dimensions](#viewer-dimensions)'] : own;
  return names.length === 0 ? 'none' : names.join(', ');
}

function valuesText(label: LabelDefinition): string {
  if ('values' in label) return label.values.map((value) => `\`${value}\``).join(' ');
  return `${label.meaning}; up to ${BOUNDS[label.budget]}`;
}

function labelsMarkdown(): string {
  const rows = VIEWER.map((label) => {
    const values = 'values' in label ? label.values.join(', ') : `up to ${BOUNDS[label.budget]}`;
    return `| \`${label.name}\` | ${label.meaning} | ${values} | \`${label.absent}\` |`;
  });
  return `## Viewer dimensions

On the playback and audience metrics only. At most ${BOUNDS.viewer} combinations of the six; what comes later keeps its
tenant and stream type and is \`${OTHER}\` in the rest.

| Label | Meaning | Values | When missing |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function selfMarkdown(): string {
  const rows = Object.values(SELF_METRICS).map((metric: SelfMetric) => {
    const labels = metric.labels.map((label) => `\`${label}\``).join(', ');
    return `| ${metric.name} | ${metric.type} | ${labels} | ${metric.help} |`;
  });
  return `## The collector's own metrics

Served by \`GET /metrics/collector\` through the OpenTelemetry SDK. No \`OTEL_*\` variable makes it dial out.

| Name | Type | Labels | Meaning |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function boundText(bound: number): string {
  return String(bound);
}

function isViewer(label: LabelDefinition): boolean {
  return VIEWER.some((viewer) => viewer === label);
}
