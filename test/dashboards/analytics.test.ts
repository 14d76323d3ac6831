import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../collector/store/migrations.ts';
import { QUERIES } from '../../collector/store/queries/index.ts';
import { ROOT } from '../house/tree.ts';
import type { Scenario } from '../lab/scenario.ts';
import { SCENARIOS } from '../lab/scenarios.ts';
import { ask, storeScenario } from '../store/lab-store.ts';
import { PLACEMENT } from '../store/placement.ts';
import { describeStores } from '../store/stores.ts';

type Target = {
  readonly name: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly filters: readonly { readonly dimension: string; readonly values: string }[];
};
type Panel = {
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly [Target];
  readonly transformations: readonly {
    readonly options: { readonly include: { readonly names: readonly string[] } };
  }[];
};
type Board = {
  readonly title: string;
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
};

const FOLDER = join(ROOT, 'dashboards/analytics');
const BOARDS = readdirSync(FOLDER).map((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Board);
const DAY = { from: '2026-11-21T00:00:00Z', to: '2026-11-22T00:00:00Z' };
const TIMEOUT_MS = 120_000;

/** As Grafana fills them in on a board nobody has touched; a day of the lab where a day can be written. */
const VARIABLES: Readonly<Record<string, string>> = {
  channel: 'news-1',
  period: 'day',
  date: '2026-11-21',
  search: '',
  tier: 'edge',
  over: 'status_class',
};

function parametersOf({ options = {}, filters }: Target, session: string): Readonly<Record<string, string>> {
  const variables: Readonly<Record<string, string>> = { ...VARIABLES, session };
  const filled = (text: string) => text.replaceAll(/\$(\w+)/g, (_, name: string) => variables[name] ?? '*');
  const written = Object.entries(options).map(([name, text]): [string, string] => [name, filled(text)]);
  const chosen = filters.map(({ dimension, values }): [string, string] => [dimension, filled(values)]);
  return Object.fromEntries([...Object.entries(DAY), ...written, ...chosen].filter(([, value]) => value !== ''));
}

describeStores('dashboards on the analytics store', (store) => {
  let session = '';

  beforeAll(async () => {
    await migrate(store(), PLACEMENT, 0);
    await storeScenario(store(), SCENARIOS.get('mixed') as Scenario, { seed: 3, minutes: 2, drainMinutes: 10 });
    session = String((await ask(store(), 'sessions', { ...DAY, visibility: 'both', limit: '1' }))[0]?.trace_id);
  }, TIMEOUT_MS);

  describe.each(BOARDS.map((board) => [board.title, board] as const))('%s', (_, board) => {
    test.each(board.panels.map((panel) => [panel.title, panel] as const))(
      '%s shows something',
      async (title, panel) => {
        const [target] = panel.targets;
        const rows = await ask(store(), target.name, parametersOf(target, session));
        if (target.name !== 'excluded') expect(rows.length).toBeGreaterThan(0);
        for (const name of panel.transformations.flatMap(({ options }) => options.include.names)) {
          expect(Object.keys(rows[0] ?? {}), title).toContain(name);
        }
      },
    );

    test('asks named queries, with variables that it has', () => {
      const known = board.templating.list.map(({ name }) => name);
      for (const { targets } of board.panels) {
        expect([...QUERIES.keys()]).toContain(targets[0].name);
        const used = [...JSON.stringify(targets[0].options ?? {}).matchAll(/\$(\w+)/g)].map(([, name]) => name);
        for (const name of [...used, ...targets[0].filters.map(({ dimension }) => dimension)]) {
          expect(known).toContain(name);
        }
      }
    });

    test('has panels that are described and do not overlap', () => {
      const places = board.panels.map(({ gridPos }) => gridPos);
      for (const { title, description } of board.panels) expect(description, title).toMatch(/^\S.{20,}\.$/);
      const overlapping = places.filter((one, i) =>
        places
          .slice(i + 1)
          .some(
            (two) => one.x < two.x + two.w && two.x < one.x + one.w && one.y < two.y + two.h && two.y < one.y + one.h,
          ),
      );
      expect(overlapping).toEqual([]);
      expect(places.filter(({ x, w }) => x + w > 24)).toEqual([]);
    });
  });

  test('the values of every filter can be listed', async () => {
    for (const { templating } of BOARDS) {
      for (const { name, query } of templating.list) {
        if (name !== query) continue;
        await ask(store(), 'values', { ...DAY, group: query });
      }
    }
  });
});
