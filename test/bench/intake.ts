import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig, replaySources } from '../../collector/config.ts';
import { RowStore } from '../../collector/correlate/rows/row-store.ts';
import { DuplicateFilter } from '../../collector/correlate/sessions/duplicate-filter.ts';
import { SessionFinder } from '../../collector/correlate/sessions/session-finder.ts';
import { SessionRows } from '../../collector/correlate/sessions/session-rows.ts';
import { SessionSlots } from '../../collector/correlate/sessions/session-slots.ts';
import { FORMATS } from '../../collector/formats/index.ts';
import type { Event } from '../../collector/model/event.ts';
import type { JoinedRequest } from '../../collector/model/joined-request.ts';
import { fileBlocks } from '../../collector/receivers/file-blocks.ts';
import { LineSplitter } from '../../collector/receivers/lines.ts';
import { replayFile } from '../../collector/replay/replay-file.ts';
import { wiringOf } from '../../collector/wiring/source-wiring.ts';
import { generateLoad } from './load/generate.ts';

// Question: what does a CloudFront line cost from the bytes of a file to the report its session is given, stage by stage?

const LINES = 500_000;
/** Fewer lines are the beginning of this hour: sessions must stay as dense as they are. */
const HOURLY = 2_000_000;
/** The compiler and the first sight of each viewer are behind us. */
const WARM_LINES = 150_000;
const WINDOW_LINES = 10_000;
/** Rows wait as long as a replay lets them: five minutes of the load. */
const WAIT_MS = 5 * 60_000;

type Take = (bytes: Uint8Array, start: number, end: number) => void;

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const { cloudFront } = generateLoad(LINES, HOURLY, join(root, '.cache/bench'));
const config = loadConfig({ formats: FORMATS, environment: {} });
const wired = replaySources([`${cloudFront}=cloudfront-standard:edge:cloudfront`], { formats: FORMATS });

/** A decoder that has remembered nothing yet. */
function decoding(emit: (event: Event, arrivedMs: number) => void): Take {
  const file = replayFile(cloudFront, wired[0]!, config, wiringOf(config, wired, 'bench'));
  return (bytes, start, end) => {
    file.decode(bytes, start, end, emit);
  };
}

/** What the correlator does with a line until a session is given its report; the session here drops it. */
function keeping(): (event: Event, arrivedMs: number) => void {
  const seen = new DuplicateFilter();
  const slots = new SessionSlots();
  const rows = new SessionRows(new RowStore(), LINES, slots);
  const finder = new SessionFinder(LINES);
  const sids: string[] = [];
  const held = new Set<JoinedRequest>();
  return (event, arrivedMs) => {
    if (event.kind !== 'request' || !seen.add(event.uidHigh, event.uidLow)) return;
    const { sid, sidHint } = event.cmcd;
    let slot = finder.find(event.source.tenant, sid, sidHint);
    if (slot < 0) {
      slot = finder.add(event.source.tenant, sid);
      slots.open(slot, WAIT_MS, false);
      sids[slot] = sid;
    }
    slots.touch(slot, arrivedMs);
    rows.append(slot, event);
    // Half of them go when the oldest is twice as old as it must be: on average they wait as long as they should.
    if (!rows.isRipe(slot, arrivedMs - 2 * WAIT_MS)) return;
    rows.giveBack(rows.takeRipe(slot, sids[slot]!, arrivedMs - WAIT_MS).ripe, held);
  };
}

/** CPU µs a line, system time included: the quartile of windows that other work of the machine disturbed least. */
async function measure(take: Take): Promise<number> {
  const windows: number[] = [];
  let lines = 0;
  let before = process.cpuUsage();
  const splitter = new LineSplitter(1 << 20, {
    record: (bytes, start, end) => {
      take(bytes, start, end);
      if (++lines % WINDOW_LINES === 0) {
        const { user, system } = process.cpuUsage(before);
        if (lines > WARM_LINES) windows.push((user + system) / WINDOW_LINES);
        before = process.cpuUsage();
      }
      return true;
    },
    refuse: () => {},
  });
  for await (const block of fileBlocks(cloudFront)) splitter.write(block, 0, block.length);
  splitter.end();
  windows.sort((a, b) => a - b);
  return windows[windows.length >> 2]!;
}

console.log(`${LINES} lines, CPU µs a line, each stage with those before it\n`);
for (const [stage, take] of [
  ['lines', () => {}],
  ['reports', decoding(() => {})],
  ['rows and back', decoding(keeping())],
] as const) {
  console.log(stage.padEnd(16), (await measure(take)).toFixed(2).padStart(6));
}
