import type { UnixMs } from '../model/time.ts';
import { TABLES } from '../store/dimensions.ts';
import type { Forget } from '../store/forget.ts';
import { QUERIES } from '../store/queries/index.ts';
import type { QueryRunner } from '../store/query-runner.ts';
import type { StoreAnswer } from '../store/store.ts';
import { answerNotes, type CountingRules } from './answer-notes.ts';
import { csv, dataFrame, rowObjects } from './data-frame.ts';
import { json, problem, type Reply } from './reply.ts';
import { answerReport } from './report.ts';
import { busy, failed } from './store-trouble.ts';

/** What the analytics part of the API asks. */
export type AnalyticsApi = {
  readonly runner: QueryRunner;
  readonly database: string;
  readonly timeZoneOf: (tenant: string) => string;
  readonly rules: CountingRules;
  /** Resolves when it is gone. */
  readonly forget: (what: Forget) => Promise<void>;
};

const FORMATS = ['frame', 'rows', 'csv'] as const;
type AnswerFormat = (typeof FORMATS)[number];

/**
 * Answers `GET /api/v1/queries`, the list of named queries, `GET /api/v1/q/{name}`, one of them, and `GET
 * /api/v1/report`, a page to print, with the rows of this tenant, or of all when it is `*`.
 */
export async function answerAnalytics(
  rest: readonly string[],
  parameters: URLSearchParams,
  api: AnalyticsApi | undefined,
  { tenant, nowMs }: { readonly tenant: string; readonly nowMs: UnixMs },
): Promise<Reply | null> {
  const [kind = '', name = '', ...more] = rest;
  if (more.length > 0) return null;
  if (kind === 'queries' && name === '') return json(catalogue());
  if (kind === 'report' && name === '') return answerReport(parameters, api, { tenant, nowMs });
  if (kind !== 'q') return null;
  const query = QUERIES.get(name);
  if (query === undefined) return problem(404, 'no such query; docs/queries.md and /api/v1/queries list them');
  if (api === undefined) return problem(503, 'this collector has no analytics store (docs/config.md, store)');
  const format = parameters.get('format') || 'frame';
  if (!isFormat(format)) return problem(400, `format must be one of ${FORMATS.join(', ')}`);
  const { runner, database, timeZoneOf, rules } = api;
  try {
    const result = await runner.run(query, parameters, {
      database,
      tenant,
      nowMs,
      maxRows: runner.maxRows,
      timeZoneOf,
    });
    if (result.outcome === 'wrong') return problem(400, result.problem);
    if (result.outcome === 'busy') return busy('too many queries are running');
    return encoded(name, result.answer, format, answerNotes(query, result.plan, rules));
  } catch (error) {
    return failed(error);
  }
}

function encoded(name: string, answer: StoreAnswer, format: AnswerFormat, notes: readonly string[]): Reply {
  switch (format) {
    case 'frame':
      return json(dataFrame(name, answer, notes));
    case 'rows':
      return json(rowObjects(answer));
    case 'csv':
      return {
        status: 200,
        type: 'text/csv; charset=utf-8',
        body: csv(answer),
        headers: { 'content-disposition': `attachment; filename="${name}.csv"` },
      };
  }
}

/** What a query editor needs to know. */
function catalogue(): object {
  return {
    dimensions: Object.entries(TABLES).flatMap(([of, { dimensions }]) =>
      Object.entries(dimensions).map(([name, { title }]) => ({ of, name, title })),
    ),
    queries: [...QUERIES.values()].map(({ name, answers, note, of, takes, needs, group = '', orders = [] }) => ({
      name,
      answers,
      note,
      of,
      takes,
      needs,
      group,
      orders,
    })),
  };
}

function isFormat(text: string): text is AnswerFormat {
  return (FORMATS as readonly string[]).includes(text);
}
