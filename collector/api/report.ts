import type { UnixMs } from '../model/time.ts';
import { QUERIES } from '../store/queries/index.ts';
import type { StoreAnswer } from '../store/store.ts';
import type { AnalyticsApi } from './analytics.ts';
import { answerNotes } from './answer-notes.ts';
import { problem, type Reply } from './reply.ts';
import { REPORT_POLICY, renderReport } from './report-page.ts';
import { busy, failed } from './store-trouble.ts';

const TABLES: readonly { readonly caption: string; readonly name: string; readonly group: string }[] = [
  { caption: 'The period and the one before', name: 'report', group: '' },
  { caption: 'Contents', name: 'report_by', group: 'content' },
  { caption: 'Countries', name: 'report_by', group: 'country' },
  { caption: 'Devices', name: 'report_by', group: 'device' },
  { caption: 'Properties', name: 'report_by', group: 'property' },
];
const TABLE_ROWS = '25';

/** Answers `GET /api/v1/report?period=…&date=…`: a day, week or month on one page to print. */
export async function answerReport(
  parameters: URLSearchParams,
  api: AnalyticsApi | undefined,
  { tenant, nowMs }: { readonly tenant: string; readonly nowMs: UnixMs },
): Promise<Reply> {
  if (api === undefined) return problem(503, 'this collector has no analytics store (docs/config.md, store)');
  const { runner, database, timeZoneOf, rules } = api;
  const context = { database, tenant, nowMs, maxRows: runner.maxRows, timeZoneOf };
  const tables: { caption: string; answer: StoreAnswer }[] = [];
  let notes: readonly string[] = [];
  try {
    for (const { caption, name, group } of TABLES) {
      const query = QUERIES.get(name);
      if (query === undefined) throw new RangeError(`no query is named ${name}`);
      const asked = new URLSearchParams(parameters);
      if (group !== '') {
        asked.set('group', group);
        asked.set('limit', TABLE_ROWS);
      }
      const result = await runner.run(query, asked, context);
      if (result.outcome === 'wrong') return problem(400, result.problem);
      if (result.outcome === 'busy') return busy('too many queries are running');
      tables.push({ caption, answer: result.answer });
      notes = answerNotes(query, result.plan, rules);
    }
  } catch (error) {
    return failed(error);
  }
  const period = parameters.get('period') ?? '';
  const date = parameters.get('date') ?? '';
  return {
    status: 200,
    type: 'text/html; charset=utf-8',
    body: renderReport({
      title: `Audience report: ${period}${date === '' ? ', the last one that is over' : ` of ${date}`}${tenant === '*' ? '' : `, ${tenant}`}`,
      timeZone: parameters.get('timeZone') || timeZoneOf(tenant === '*' ? (parameters.get('tenant') ?? '') : tenant),
      notes,
      tables,
    }),
    headers: { 'content-security-policy': REPORT_POLICY },
  };
}
