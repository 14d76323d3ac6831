import { EMPTY_VALUE } from '../store/query-plan.ts';
import type { StoreAnswer } from '../store/store.ts';
import { fieldType, rowObjects, unitOf } from './data-frame.ts';
import { Html, html } from './html.ts';
import { stillPagePolicy } from './still-page-policy.ts';

/** A report: what it is about, and its tables in order. */
export type ReportFacts = {
  readonly title: string;
  readonly timeZone: string;
  /** What must be known to read it rightly. */
  readonly notes: readonly string[];
  readonly tables: readonly { readonly caption: string; readonly answer: StoreAnswer }[];
};

const STYLE = `
@page { margin: 15mm; }
body { font: 13px/1.4 system-ui, sans-serif; color: #000; background: #fff; margin: 2rem auto; max-width: 60rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem; break-inside: avoid; }
caption { text-align: left; font-weight: bold; padding: .4rem 0; }
h2 { font-size: inherit; margin: 1rem 0 0; }
th, td { padding: .2rem .6rem .2rem 0; border-bottom: 1px solid #bbb; text-align: left; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
`;

export const REPORT_POLICY = stillPagePolicy(STYLE);

/** A page to print, or to keep as PDF. Every value from data is escaped. */
export function renderReport({ title, timeZone, notes, tables }: ReportFacts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<h1>${title}</h1>
<p>Time zone: ${timeZone}. “unknown” is what nobody can know; it is never counted as 0. What each number means, and where it
misleads, is in docs/audience.md.${notes.map((note) => html` ${note}`)}</p>
${tables.map(({ caption, answer }) => table(caption, answer))}
</body>
</html>
`.text;
}

function table(caption: string, answer: StoreAnswer): Html {
  const { columns, rows } = answer;
  if (rows.length === 0)
    return html`<h2>${caption}</h2>
<p>Nothing was watched.</p>
`;
  const isNumber = columns.map(({ type }) => fieldType(type) === 'number');
  const cell = (value: unknown, index: number, row: Readonly<Record<string, unknown>>): Html => {
    const column = columns[index]?.name ?? '';
    // Of a report the unit is in the name of the metric, which stands in the row.
    const name = column.startsWith('value') && typeof row.metric === 'string' ? row.metric : column;
    const text = shown(value, name, fieldType(columns[index]?.type ?? ''));
    return isNumber[index] ? html`<td class="number">${text}</td>` : html`<td>${text}</td>`;
  };
  return html`<table>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ name }, index) => html`<th${isNumber[index] ? html` class="number"` : html``}>${words(name)}</th>`)}</tr></thead>
<tbody>
${rowObjects(answer).map(
  (row) => html`<tr>${columns.map(({ name }, index) => cell(row[name], index, row))}</tr>
`,
)}</tbody>
</table>
`;
}

function words(name: string): string {
  return name
    .replace(/_seconds$/, '')
    .replace(/_ratio$/, '')
    .replaceAll('_', ' ');
}

function shown(value: unknown, name: string, kind: string): string {
  if (value === null || value === undefined) return 'unknown';
  if (kind === 'time' && typeof value === 'number') return new Date(value).toISOString().slice(0, 16).replace('T', ' ');
  if (value === '') return EMPTY_VALUE;
  if (typeof value !== 'number')
    return kind === 'string' && String(value).includes('_') ? words(String(value)) : String(value);
  switch (unitOf(name)) {
    case 'percentunit':
      return `${(100 * value).toFixed(1)} %`;
    case 's':
      return value >= 3_600 ? `${(value / 3_600).toFixed(1)} h` : `${value.toFixed(1)} s`;
    default:
      return Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(2);
  }
}
