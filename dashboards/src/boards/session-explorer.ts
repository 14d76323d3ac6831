import * as table from '@grafana/grafana-foundation-sdk/table';
import { DataqueryBuilder, SearchTableType, TempoQueryType } from '@grafana/grafana-foundation-sdk/tempo';
import { ATTRIBUTES } from '../../../collector/model/semconv.ts';
import type { Board } from '../board.ts';
import { rateOf, totalOf } from '../expressions.ts';
import { TEMPO, variable, where } from '../filters.ts';
import { ofField, toBoard } from '../links.ts';
import { type PanelDraft, rankPanel, timePanel } from '../panels.ts';
import { VERDICT_COLORS } from './colors.ts';

type AttributeKey = keyof typeof ATTRIBUTES;
const attribute = (key: AttributeKey): string => `span.${ATTRIBUTES[key][0]}`;

/** A filter left at "All" takes sessions without the attribute too. */
const matches = (key: AttributeKey, filter: string): string => {
  const wanted = variable(filter, 'regex');
  return `(${attribute(key)} =~ "${wanted}" || "${wanted}" = ".*")`;
};

const text = variable('title', 'regex');
const TITLE = `("${text}" = "" || ${attribute('contentTitle')} =~ ".*${text}.*" || ${attribute('contentId')} =~ ".*${text}.*")`;
const kind = variable('problem');
const PROBLEM = `("${kind}" = "any" || ("${kind}" = "failed" && status = error) || ("${kind}" = "server_errors" && ${attribute('requestErrors')} > 0))`;

const SESSIONS = [
  'name = "session"',
  matches('verdict', 'verdict'),
  matches('cdns', 'cdn'),
  matches('pops', 'pop'),
  matches('deviceClass', 'device'),
  matches('country', 'country'),
  matches('outcome', 'outcome'),
  matches('visibility', 'visibility'),
  TITLE,
  PROBLEM,
].join(' && ');

const COLUMNS: readonly AttributeKey[] = [
  'verdict',
  'verdictSentence',
  'outcome',
  'contentTitle',
  'contentId',
  'cdns',
  'pops',
  'deviceClass',
  'country',
  'startup',
  'stalled',
  'stalls',
  'requestErrors',
];

function search(condition: string): string {
  return `{ ${condition} } | select(${COLUMNS.map(attribute).join(', ')})`;
}

const openSession = toBoard('playpath-session', 'Open this session', { traceId: ofField('traceIdHidden') });

function sessionsTable(title: string, description: string, condition: string): PanelDraft {
  return new table.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(TEMPO)
    .unit('none')
    .dataLinks([openSession])
    .withTarget(
      new DataqueryBuilder()
        .refId('A')
        .datasource(TEMPO)
        .queryType(TempoQueryType.Traceql)
        .query(search(condition))
        .tableType(SearchTableType.Spans)
        .limit(100)
        .spss(1)
        .filters([]),
    )
    .overrideByName('duration', [{ id: 'unit', value: 'ns' }])
    .overrideByRegexp(`/${ATTRIBUTES.startup[0]}|${ATTRIBUTES.stalled[0]}/`, [{ id: 'unit', value: 's' }])
    .withTransformation({ id: 'organize', options: { excludeByName: { traceService: true, name: true } } });
}

const tenant = where(['device', 'country']);
const verdict = `verdict=~"$verdict",${tenant}`;

/** Finds sessions by what happened to them; a click opens one. */
export const SESSION_EXPLORER: Board = {
  id: 'playpath-sessions',
  title: 'Session explorer',
  description:
    'Find sessions by verdict, CDN, PoP, title, device, error and who saw them. A click on a row opens the session.',
  filters: ['verdict', 'outcome', 'visibility', 'problem', 'cdn', 'pop', 'device', 'country', 'title'],
  hasTraces: true,
  from: 'now-1h',
  rows: [
    {
      title: 'How many',
      height: 7,
      panels: [
        [
          14,
          timePanel({
            title: 'Incidents',
            description:
              'All incidents of the chosen verdicts, devices and countries, counted before any sampling. Dots open sessions.',
            unit: 'cps',
            isStacked: true,
            colors: VERDICT_COLORS,
            queries: [
              {
                expr: rateOf('playpath_incidents_total', { by: ['verdict'], where: verdict }),
                legend: '{{verdict}}',
                exemplar: true,
              },
            ],
          }),
        ],
        [
          10,
          rankPanel({
            title: 'Incidents by kind',
            description: 'What happened, over the whole time range.',
            unit: 'short',
            queries: [
              {
                expr: `sort_desc(${totalOf('playpath_incidents_total', { by: ['kind'], where: verdict })} > 0)`,
                legend: '{{kind}}',
              },
            ],
          }),
        ],
      ],
    },
    {
      title: 'Sessions',
      height: 16,
      panels: [
        [
          24,
          sessionsTable(
            'Sessions',
            'The latest hundred sessions that meet all filters. A session appears when it ends; click one to see it whole.',
            SESSIONS,
          ),
        ],
      ],
    },
  ],
};
