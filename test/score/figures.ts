import { VERDICTS } from '../../collector/model/incident.ts';
import { JOIN_METHODS } from '../../collector/model/joined-request.ts';
import { VOICES } from './session-tally.ts';
import type { Tally } from './tally.ts';

/** Named figures; shares 0–1, `… error` relative and better when smaller. NaN: nothing to judge. */
export type Figures = ReadonlyMap<string, number>;

/** Causes the lab makes; `unknown` is a true cause, too: of a wait after a seek that nothing delayed. */
export const CAUSES = VERDICTS.filter((verdict) => !['drm', 'ad', 'unknown'].includes(verdict));

export function figuresOf(tally: Tally): Figures {
  const figures = new Map<string, number>();
  for (const prefix of ['', 'session by ', 'upstream by ']) {
    for (const method of JOIN_METHODS) {
      const right = tally.of(`join/${prefix}${method}/right`);
      const wrong = tally.of(`join/${prefix}${method}/wrong`);
      if (right + wrong > 0) figures.set(`join precision, ${prefix}${method}`, right / (right + wrong));
    }
  }
  figures.set('join recall, player to edge', rightOf(tally, '') / tally.of('join/player/joinable'));
  figures.set('join recall, edge to origin', rightOf(tally, 'upstream by ') / tally.of('join/upstream/joinable'));
  let right = 0;
  let open = 0;
  let all = 0;
  for (const cause of CAUSES) {
    const row = tally.under(`verdict/${cause}`);
    const count = sumOf(row);
    if (count === 0) continue;
    right += row.get(cause) ?? 0;
    open += row.get('unknown') ?? 0;
    all += count;
    figures.set(`verdict accuracy, ${cause}`, (row.get(cause) ?? 0) / count);
  }
  figures.set('verdict accuracy', right / all);
  figures.set('verdict accuracy where a cause was named', right / (all - open));
  figures.set('incidents left without a cause', open / all);
  const idle = tally.under('verdict/unknown');
  figures.set('waits that nothing delayed, left without a cause', (idle.get('unknown') ?? 0) / sumOf(idle));
  figures.set('verdicts given with 0.8 or more that are right', tally.of('sure/right') / tally.of('sure/given'));
  for (const [kind, name] of [
    ['failover', 'failover'],
    ['stall', 'stall'],
    ['quality_collapse', 'quality collapse'],
    ['startup_failure', 'startup failure'],
    ['playback_failure', 'playback failure'],
  ] as const) {
    const found = tally.of(`incident/${kind}/found`);
    figures.set(`${name} precision`, found / tally.of(`incident/${kind}/told`));
    figures.set(`${name} recall`, found / tally.of(`incident/${kind}/true`));
  }
  figures.set('silent failure precision', tally.of('silent/right') / tally.of('silent/told'));
  figures.set('silent failure recall', tally.of('silent/found') / tally.of('silent/true'));
  figures.set('fleet verdict precision', tally.of('fleet/right') / tally.of('fleet/told'));
  figures.set('fleet verdict recall', tally.of('fleet/found') / tally.of('fleet/culprits'));
  figures.set('fleet verdict names the culprit first', tally.of('fleet/first') / tally.of('fleet/culprits'));
  const heard = tally.of('sessions/heard') / tally.of('sessions/true');
  figures.set('blind spot error', Math.abs(1 - heard - tally.of('blind/true') / tally.of('sessions/true')));
  figures.set('sessions found', tally.of('sessions/found') / tally.of('sessions/true'));
  figures.set('sessions split', tally.of('sessions/split') / tally.of('sessions/true'));
  for (const [group, name] of [
    ['player', 'with player data'],
    ['server', 'server only'],
  ] as const) {
    figures.set(`rebuffer ratio error, ${name}`, relativeError(rebufferRatio(tally, group), trueRatio(tally, group)));
    figures.set(`startup error, ${name}`, tally.of(`startup/${group}/error`) / tally.of(`startup/${group}/sum`));
  }
  for (const voice of VOICES) {
    const of = (key: string): number => tally.of(`qoe/${voice}/${key}`);
    figures.set(`rebuffer ratio error, ${voice}`, relativeError(rebufferRatio(tally, voice), trueRatio(tally, voice)));
    figures.set(`stalled time error, ${voice}`, relativeError(of('stalled'), of('trueStalled')));
    figures.set(`playing time error, ${voice}`, relativeError(of('playing'), of('truePlaying')));
  }
  figures.set('concurrent viewers error', relativeError(tally.of('viewers/told'), tally.of('viewers/true')));
  figures.set('concurrent viewers error at a moment', tally.of('viewers/error') / tally.of('viewers/true'));
  const settled = relativeError(tally.of('settled/told'), tally.of('settled/true'));
  figures.set('concurrent sessions error once they are over', settled);
  const atScreens = relativeError(tally.of('viewers/told'), tally.of('viewers/people'));
  figures.set('concurrent viewers error against people at their screens', atScreens);
  for (const source of ['player', 'server']) {
    const { told, seats } = { told: tally.of(`seats/${source}/told`), seats: tally.of(`seats/${source}/true`) };
    figures.set(`concurrent sessions error by definition, ${source}`, relativeError(told, seats));
  }
  return figures;
}

/** Figures that are better when smaller. */
export function isError(name: string): boolean {
  return name.includes(' error') || name === 'incidents left without a cause' || name === 'sessions split';
}

function rebufferRatio(tally: Tally, group: string): number {
  const stalled = tally.of(`qoe/${group}/stalled`);
  return stalled / (stalled + tally.of(`qoe/${group}/playing`));
}

function trueRatio(tally: Tally, group: string): number {
  const stalled = tally.of(`qoe/${group}/trueStalled`);
  return stalled / (stalled + tally.of(`qoe/${group}/truePlaying`));
}

function relativeError(told: number, truth: number): number {
  return Math.abs(told / truth - 1);
}

function rightOf(tally: Tally, prefix: string): number {
  return JOIN_METHODS.reduce((sum, method) => sum + tally.of(`join/${prefix}${method}/right`), 0);
}

function sumOf(row: ReadonlyMap<string, number>): number {
  return [...row.values()].reduce((sum, value) => sum + value, 0);
}
