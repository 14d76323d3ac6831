import { performance } from 'node:perf_hooks';
import { networkLookup } from '../../collector/enrich/country.ts';
import { UserAgents } from '../../collector/enrich/user-agent.ts';
import type { LineDecoder } from '../../collector/formats/format.ts';
import { formatNamed } from '../../collector/formats/index.ts';
import type { Source } from '../../collector/model/source.ts';
import { DEFAULT_CUT } from '../../collector/privacy/addresses.ts';
import { Clients } from '../../collector/privacy/clients.ts';
import { CLOUDFRONT_HEADER, loadLines } from './load/lines.ts';

// Question: what does a log line cost from bytes to a filled report, against splitting it and URLSearchParams?

const LINES = 60_000;
/** Drawn out of as many requests an hour as make 20,000 sessions concurrent: what a decoder remembers is tested, too. */
const HOURLY = 2_000_000;
/** A reader's buffer: lines are decoded where the last block still lies in the cache, as in the collector. */
const BLOCK_BYTES = 1 << 20;
/** Short enough that some pass meets no other work of the machine; the best of all passes of a window counts. */
const WINDOW_LINES = 250;
const ROUNDS = 15;

type Subject = { readonly name: string; readonly lines: readonly string[]; readonly plain: (line: string) => unknown };

const load = [...loadLines(LINES, HOURLY)];
const query = (target: string): string => target.slice(target.indexOf('?') + 1);
const plainCmcd = (text: string | null): Map<string, string> =>
  new Map((text ?? '').split(',').map((pair) => pair.split('=') as [string, string]));

const subjects: readonly Subject[] = [
  {
    name: 'cloudfront-standard',
    lines: load.map(({ cloudFront }) => cloudFront.trimEnd()),
    plain: (line) => {
      const fields = line.split('\t');
      const once = decodeURIComponent(fields[11] ?? '');
      return [fields, decodeURIComponent(fields[10] ?? ''), plainCmcd(new URLSearchParams(once).get('CMCD'))];
    },
  },
  {
    name: 'nginx-combined',
    lines: load.map(({ combined }) => combined.trimEnd()),
    plain: (line) => {
      const fields = line.split('"');
      return [fields, plainCmcd(new URLSearchParams(query(fields[1]?.split(' ')[1] ?? '')).get('CMCD'))];
    },
  },
  {
    name: 'nginx-json',
    lines: load.map(({ combined }, index) => nginxJson(combined, index)),
    plain: (line) => {
      const fields = JSON.parse(line);
      return [fields, plainCmcd(new URLSearchParams(fields.args).get('CMCD'))];
    },
  },
  {
    name: 'cmcd-event',
    lines: load.map(({ combined }, index) => cmcdEvent(combined, index)),
    plain: (line) => plainCmcd(line),
  },
];

function nginxJson(combined: string, index: number): string {
  const [, request = '', response = '', , , userAgent = ''] = combined.split('"');
  const [path = '', args = ''] = (request.split(' ')[1] ?? '').split('?');
  const [status = '', bytes = ''] = response.trim().split(' ');
  const id = index.toString(16).padStart(32, '0');
  return (
    `{"ts":${1_795_284_000 + index / 1000},"node":"edge-a","request_id":"${id}","remote_addr":"${combined.split(' ')[0]}",` +
    `"proto":"HTTP/1.1","host":"vod.example.com","method":"GET","uri":"${path}","args":"${args}","status":${status},` +
    `"bytes_sent":${bytes},"body_bytes_sent":${bytes},"request_time":0.120,"completion":"OK","cache_status":"MISS",` +
    `"upstream_addr":"10.0.0.1:80","upstream_status":"${status}","upstream_connect_time":"0.001",` +
    `"upstream_header_time":"0.020","upstream_response_time":"0.110","traceparent":"","x_request_id":"",` +
    `"referer":"https://play.example.com/","ua":"${userAgent}","content_type":"video/mp4"}`
  );
}

function cmcdEvent(combined: string, index: number): string {
  const cmcd = new URLSearchParams(query(combined.split('"')[1]?.split(' ')[1] ?? '')).get('CMCD') ?? '';
  return `${cmcd},e=${index % 4 === 0 ? 'ps,sta=p' : 't'},sn=${index},ts=${1_795_284_000_000 + index},v=2`;
}

/** Lines in blocks as a reader holds them, with where each begins and ends. */
function blocksOf(lines: readonly string[]): { readonly data: Buffer; readonly ends: Int32Array }[] {
  const blocks: { data: Buffer; ends: Int32Array }[] = [];
  for (let from = 0; from < lines.length; ) {
    const ends: number[] = [];
    let size = 0;
    while (from < lines.length && size + (lines[from]?.length ?? 0) < BLOCK_BYTES) {
      size += (lines[from++]?.length ?? 0) + 1;
      ends.push(size - 1);
    }
    blocks.push({
      data: Buffer.from(`${lines.slice(from - ends.length, from).join('\n')}\n`, 'latin1'),
      ends: Int32Array.from(ends),
    });
  }
  return blocks;
}

/** Mean over all windows of the best time each was done in, µs a line. */
function measure(
  lines: readonly string[],
  runWindow: (buffer: Buffer, ends: Int32Array, from: number, to: number) => void,
): number {
  const buffer = Buffer.alloc(BLOCK_BYTES);
  const best: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    let window = 0;
    for (const { data, ends } of blocks(lines)) {
      data.copy(buffer);
      for (let from = 0; from + WINDOW_LINES <= ends.length; from += WINDOW_LINES, window++) {
        const begin = performance.now();
        runWindow(buffer, ends, from, from + WINDOW_LINES);
        const took = ((performance.now() - begin) * 1000) / WINDOW_LINES;
        best[window] = Math.min(best[window] ?? Number.POSITIVE_INFINITY, took);
      }
    }
  }
  return best.reduce((sum, value) => sum + value, 0) / best.length;
}

const known = new Map<readonly string[], ReturnType<typeof blocksOf>>();
function blocks(lines: readonly string[]): ReturnType<typeof blocksOf> {
  const made = known.get(lines) ?? blocksOf(lines);
  known.set(lines, made);
  return made;
}

function source(name: string): Source {
  const isPlayer = name === 'cmcd-event';
  return {
    index: 0,
    name,
    format: name,
    tier: isPlayer ? 'player' : 'edge',
    emitter: name,
    tenant: 'default',
    latenessMs: 0,
    sampleRate: 1,
    timeZone: 'UTC',
  };
}

function decoder(name: string): LineDecoder {
  const clients = new Clients({
    secret: 'bench',
    rotateMs: 86_400_000,
    cut: DEFAULT_CUT,
    limit: 65_536,
    networks: networkLookup(null),
    userAgents: new UserAgents(),
  });
  const made = formatNamed(name).create({ timeZone: 'UTC', fields: [], sessionPattern: '', clients });
  for (const line of CLOUDFRONT_HEADER.split('\n')) {
    const bytes = Buffer.from(line);
    if (name === 'cloudfront-standard')
      made.decode(bytes, 0, bytes.length, { source: source(name), receivedMs: 0 }, () => {});
  }
  return made;
}

/** Touches every byte once: how fast this machine is right now, so that runs can be compared. */
function byteSum(buffer: Buffer, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += buffer[i] as number;
  return sum;
}

let sink = 0;
const only = process.argv[2];
console.log(`${LINES} lines each, µs a line: best of ${ROUNDS} passes over windows of ${WINDOW_LINES}\n`);
console.log(
  'format'.padEnd(22),
  'bytes'.padStart(6),
  'decode'.padStart(8),
  'plain'.padStart(8),
  'ratio'.padStart(7),
  'byte loop'.padStart(10),
);
for (const { name, lines, plain } of subjects) {
  if (only !== undefined && name !== only) continue;
  const subject = decoder(name);
  const delivery = { source: source(name), receivedMs: 1_795_284_000_000 };
  let events = 0;
  const emit = (): void => {
    events++;
  };
  const decodeUs = measure(lines, (buffer, ends, from, to) => {
    for (let line = from, start = from === 0 ? 0 : (ends[from - 1] as number) + 1; line < to; line++) {
      subject.decode(buffer, start, ends[line] as number, delivery, emit);
      start = (ends[line] as number) + 1;
    }
  });
  const plainUs = measure(lines, (buffer, ends, from, to) => {
    for (let line = from, start = from === 0 ? 0 : (ends[from - 1] as number) + 1; line < to; line++) {
      if (plain(buffer.toString('utf8', start, ends[line])) !== undefined) sink++;
      start = (ends[line] as number) + 1;
    }
  });
  const byteUs = measure(lines, (buffer, ends, from, to) => {
    sink += byteSum(buffer, from === 0 ? 0 : (ends[from - 1] as number) + 1, ends[to - 1] as number);
  });
  if (events < lines.length) throw new Error(`${name}: ${events} events of ${lines.length} lines`);
  const bytes = lines.reduce((sum, line) => sum + line.length, 0) / lines.length;
  console.log(
    name.padEnd(22),
    bytes.toFixed(0).padStart(6),
    decodeUs.toFixed(2).padStart(8),
    plainUs.toFixed(2).padStart(8),
    `${(plainUs / decodeUs).toFixed(1)}×`.padStart(7),
    byteUs.toFixed(2).padStart(10),
  );
}
if (sink < 0) console.log(sink);
