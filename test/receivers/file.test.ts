import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PlaypathError } from '../../collector/errors.ts';
import { FileReceiver, type Schedule } from '../../collector/receivers/file.ts';
import type { LineSource } from '../../collector/receivers/sources.ts';
import { lineSource, NOW, TestFieldsDecoder, testIngest } from './support.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'playpath-file-'));
});
const receivers: FileReceiver[] = [];
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
const line = (path: string): string => `${JSON.stringify({ t: NOW, path })}\n`;
const tsv = lineSource('tsv', { createDecoder: () => new TestFieldsDecoder() });
/** As long as a fingerprint looks, so that two files are told apart by content. */
const filler = (mark: string): string =>
  Array.from({ length: 80 }, (_, i) => line(`/${mark}/${i}/${'x'.repeat(40)}`)).join('');

/** A receiver that is stepped by hand, with a clock that is set by hand. */
function follow(patterns: readonly string[], from: LineSource = lineSource('edge-a'), state = 'state') {
  const clock = { nowMs: NOW };
  const { bus, ingest, refused } = testIngest(() => clock.nowMs);
  const troubles: PlaypathError[] = [];
  const receiver = new FileReceiver({
    ingest,
    sources: [{ from, patterns: patterns.map(at) }],
    positionsPath: at(`${state}/positions.json`),
    lineLimitBytes: 64 * 1024,
    pollMs: 1000,
    schedule: () => () => {},
    onTrouble: (error) => troubles.push(error),
  });
  receivers.push(receiver);
  /** The paths stored since the last step. */
  let seen = 0;
  const poll = async (laterMs = 1000): Promise<string[]> => {
    clock.nowMs += laterMs;
    await receiver.poll();
    const paths = bus.paths.slice(seen);
    seen = bus.paths.length;
    return paths;
  };
  return { receiver, poll, bus, refused, troubles, clock };
}

describe('a growing file', () => {
  test('is read from its beginning, then as it grows', async () => {
    writeFileSync(at('a.log'), line('/1') + line('/2'));
    const { poll } = follow(['a.log']);
    expect(await poll()).toEqual(['/1', '/2']);
    expect(await poll()).toEqual([]);
    appendFileSync(at('a.log'), line('/3'));
    expect(await poll()).toEqual(['/3']);
  });

  test('may appear later', async () => {
    const { poll, troubles } = follow(['a.log']);
    expect(await poll()).toEqual([]);
    writeFileSync(at('a.log'), line('/1'));
    expect([await poll(), troubles]).toEqual([['/1'], []]);
  });

  test('keeps its last line until it is whole', async () => {
    writeFileSync(at('a.log'), `${line('/1')}{"t":${NOW},"pa`);
    const { poll, refused } = follow(['a.log']);
    expect(await poll()).toEqual(['/1']);
    appendFileSync(at('a.log'), 'th":"/2"}');
    expect(await poll()).toEqual([]);
    appendFileSync(at('a.log'), `\r\n${line('/3')}`);
    expect([await poll(), refused()]).toEqual([['/2', '/3'], {}]);
  });

  test('with a bad line keeps the good ones', async () => {
    writeFileSync(at('a.log'), `${line('/1')}rubbish\n${'x'.repeat(70_000)}\n${line('/4')}`);
    const { poll, refused } = follow(['a.log']);
    expect([await poll(), refused()]).toEqual([['/1', '/4'], { 'edge-a not_json': 1, 'edge-a too_long': 1 }]);
  });

  test('larger than a block comes whole', async () => {
    const paths = Array.from({ length: 40_000 }, (_, i) => `/${i}`);
    writeFileSync(at('a.log'), paths.map(line).join(''));
    expect(statSync(at('a.log')).size).toBeGreaterThan(1 << 20);
    const { poll } = follow(['a.log']);
    expect(await poll()).toEqual(paths);
  });

  test('may change its #Fields in the middle', async () => {
    writeFileSync(at('a.log'), `#Fields: time path\n${NOW}\t/1\n#Fields: path time\n/2\t${NOW}\n`);
    const { poll, refused } = follow(['a.log'], tsv);
    expect([await poll(), refused()]).toEqual([['/1', '/2'], {}]);
  });
});

describe('patterns', () => {
  test('find files in folders, old and new ones', async () => {
    mkdirSync(at('x/y'), { recursive: true });
    writeFileSync(at('x/a.log'), line('/a'));
    writeFileSync(at('x/y/b.log'), line('/b'));
    writeFileSync(at('x/y/b.txt'), line('/no'));
    const { poll, receiver } = follow(['x/**/*.log']);
    expect((await poll()).sort()).toEqual(['/a', '/b']);
    writeFileSync(at('x/c.log'), line('/c'));
    expect(await poll()).toEqual(['/c']);
    expect(receiver.followed).toBe(3);
  });

  test('that overlap read a file once', async () => {
    writeFileSync(at('a.log'), line('/1'));
    const { poll } = follow(['a.log', '*.log', 'a*']);
    expect(await poll()).toEqual(['/1']);
  });
});

describe('rotation by rename', () => {
  test('reads the old file to its end and the new one from its beginning', async () => {
    writeFileSync(at('a.log'), line('/1'));
    const { poll } = follow(['a.log']);
    expect(await poll()).toEqual(['/1']);
    renameSync(at('a.log'), at('a.log.1'));
    appendFileSync(at('a.log.1'), line('/2'));
    writeFileSync(at('a.log'), line('/3'));
    expect((await poll()).sort()).toEqual(['/2', '/3']);
  });

  test('the writer may go on in the old file for a while', async () => {
    writeFileSync(at('a.log'), line('/1'));
    const { poll, receiver } = follow(['a.log']);
    await poll();
    renameSync(at('a.log'), at('a.log.1'));
    expect(await poll()).toEqual([]);
    appendFileSync(at('a.log.1'), line('/2'));
    expect(await poll(5_000)).toEqual(['/2']);
    appendFileSync(at('a.log.1'), `{"t":${NOW},"path":"/last"}`);
    expect(await poll(5_000)).toEqual([]);
    // Nobody writes any more: the last line needs no newline, and the file is let go.
    expect(await poll(10_000)).toEqual(['/last']);
    expect(receiver.followed).toBe(0);
  });

  test('the pattern may find the old file under its new name', async () => {
    writeFileSync(at('a.log'), filler('a'));
    const { poll } = follow(['a.log*']);
    expect((await poll()).length).toBe(80);
    renameSync(at('a.log'), at('a.log.1'));
    appendFileSync(at('a.log.1'), line('/2'));
    writeFileSync(at('a.log'), line('/3'));
    expect((await poll()).sort()).toEqual(['/2', '/3']);
  });

  test('and find it compressed: what was read is not read again', async () => {
    writeFileSync(at('a.log'), filler('a'));
    const { poll } = follow(['a.log*']);
    await poll();
    writeFileSync(at('a.log.1.gz'), gzipSync(readFileSync(at('a.log')) + line('/late')));
    unlinkSync(at('a.log'));
    expect(await poll()).toEqual(['/late']);
  });

  test('a file deleted while open is read to its end', async () => {
    writeFileSync(at('a.log'), line('/1'));
    const { poll } = follow(['a.log']);
    await poll();
    appendFileSync(at('a.log'), line('/2'));
    unlinkSync(at('a.log'));
    expect(await poll()).toEqual(['/2']);
  });
});

describe('copytruncate', () => {
  test('a file that shrank is read from its beginning', async () => {
    writeFileSync(at('a.log'), line('/1') + line('/2'));
    const { poll } = follow(['a.log']);
    await poll();
    truncateSync(at('a.log'));
    expect(await poll()).toEqual([]);
    appendFileSync(at('a.log'), line('/3'));
    expect(await poll()).toEqual(['/3']);
  });

  test('also when it has outgrown its old length by the next look', async () => {
    writeFileSync(at('a.log'), line('/1'));
    const { poll } = follow(['a.log']);
    await poll();
    truncateSync(at('a.log'));
    appendFileSync(at('a.log'), line('/2') + line('/3') + line('/4'));
    expect(await poll()).toEqual(['/2', '/3', '/4']);
  });

  test('the copy gives what was written between the last look and the cut, and nothing twice', async () => {
    writeFileSync(at('a.log'), filler('a'));
    const { poll } = follow(['a.log*']);
    expect((await poll()).length).toBe(80);
    appendFileSync(at('a.log'), line('/between'));
    copyFileSync(at('a.log'), at('a.log.1'));
    truncateSync(at('a.log'));
    appendFileSync(at('a.log'), line('/new'));
    expect((await poll()).sort()).toEqual(['/between', '/new']);
  });
});

describe('compressed files', () => {
  test('are read once, members and all', async () => {
    writeFileSync(
      at('a.gz'),
      Buffer.concat([gzipSync(line('/1') + line('/2').slice(0, 5)), gzipSync(line('/2').slice(5))]),
    );
    const { poll } = follow(['*.gz']);
    expect(await poll()).toEqual(['/1', '/2']);
    expect(await poll()).toEqual([]);
  });

  test('with a last line that has no end', async () => {
    writeFileSync(at('a.gz'), gzipSync(line('/1').trimEnd()));
    expect(await follow(['*.gz']).poll()).toEqual(['/1']);
  });

  test('with nothing in them', async () => {
    writeFileSync(at('a.gz'), gzipSync(''));
    writeFileSync(at('b.gz'), '');
    const { poll, refused, troubles } = follow(['*.gz']);
    expect([await poll(), refused(), troubles]).toEqual([[], {}, []]);
  });

  test('that end early give their lines, are flagged, and the rest when it is there', async () => {
    const whole = gzipSync(Array.from({ length: 5_000 }, (_, i) => line(`/${i}/${Math.sin(i)}`)).join(''));
    writeFileSync(at('a.gz'), whole.subarray(0, whole.length >> 1));
    const { poll, receiver, refused } = follow(['*.gz']);
    const first = await poll();
    expect(first.length).toBeGreaterThan(500);
    expect([receiver.incomplete, await poll()]).toEqual([1, []]);
    writeFileSync(at('a.gz'), whole);
    const rest = await poll();
    expect([first.length + rest.length, new Set([...first, ...rest]).size]).toEqual([5_000, 5_000]);
    expect([receiver.incomplete, refused()]).toEqual([0, {}]);
  });
});

describe('a restart', () => {
  test('goes on where it was', async () => {
    writeFileSync(at('a.log'), line('/1') + line('/2'));
    const first = follow(['a.log']);
    await first.poll();
    await first.receiver.close();
    appendFileSync(at('a.log'), line('/3'));
    expect(await follow(['a.log']).poll()).toEqual(['/3']);
  });

  test('goes on in the middle of a file under the #Fields line in force there', async () => {
    writeFileSync(at('a.log'), `#Fields: time path\n${NOW}\t/1\n#Fields: path time\n/2\t${NOW}\n`);
    await follow(['a.log'], tsv).poll();
    appendFileSync(at('a.log'), `/3\t${NOW}\n`);
    const second = follow(['a.log'], tsv);
    expect([await second.poll(), second.refused()]).toEqual([['/3'], {}]);
  });

  test('finds a file again that was renamed meanwhile', async () => {
    writeFileSync(at('a.log'), line('/1'));
    await follow(['a.log']).poll();
    appendFileSync(at('a.log'), line('/2'));
    renameSync(at('a.log'), at('a.log.1'));
    writeFileSync(at('a.log'), line('/3'));
    const { poll } = follow(['a.log']);
    expect([...(await poll()), ...(await poll())].sort()).toEqual(['/2', '/3']);
  });

  test('reads a compressed file once, and the rest of one that was half there', async () => {
    writeFileSync(at('done.gz'), gzipSync(line('/1')));
    const whole = gzipSync(filler('a'));
    writeFileSync(at('half.gz'), whole.subarray(0, whole.length - 30));
    const read = await follow(['*.gz']).poll();
    writeFileSync(at('half.gz'), whole);
    const rest = await follow(['*.gz']).poll();
    expect([read.length + rest.length, new Set([...read, ...rest]).size]).toEqual([81, 81]);
  });

  test('reads a file of the same inode from its beginning when it is another file', async () => {
    writeFileSync(at('a.log'), line('/1') + line('/2'));
    await follow(['a.log']).poll();
    writeFileSync(at('a.log'), line('/3') + line('/4') + line('/5'));
    expect(await follow(['a.log']).poll()).toEqual(['/3', '/4', '/5']);
  });

  test('after a crash before positions were saved repeats lines, and loses none', async () => {
    writeFileSync(at('a.log'), line('/1') + line('/2'));
    const first = follow(['a.log']);
    first.bus.flush = () => Promise.reject(new Error('disk full'));
    await expect(first.receiver.poll()).rejects.toThrow('disk full');
    // The same process reads on from what was saved, too: nothing.
    first.bus.flush = () => Promise.resolve();
    await first.receiver.poll();
    expect(first.bus.paths).toEqual(['/1', '/2', '/1', '/2']);
    expect(await follow(['a.log']).poll()).toEqual([]);
  });

  test('with damaged positions says so and does not start over by itself', async () => {
    mkdirSync(at('state'));
    for (const text of ['{', '[]', '{"version":2,"files":[]}', '{"version":1,"files":[{"source":1}]}']) {
      writeFileSync(at('state/positions.json'), text);
      await expect(follow(['a.log']).receiver.start()).rejects.toMatchObject({ code: 'positions_unreadable' });
    }
  });
});

describe('a full bus', () => {
  for (const name of ['a.log', 'a.gz']) {
    test(`stops at the line and reads on from it: ${name}`, async () => {
      const text = Array.from({ length: 10 }, (_, i) => line(`/${i}`)).join('');
      writeFileSync(at(name), name === 'a.gz' ? gzipSync(text) : text);
      const { poll, bus } = follow([name]);
      const paths: string[] = [];
      for (bus.limit = 3; bus.limit < 15; bus.limit += 3) paths.push(...(await poll()));
      expect(paths).toEqual(Array.from({ length: 10 }, (_, i) => `/${i}`));
    });
  }
});

describe('trouble', () => {
  test('with one file is told once and does not stop the others', async () => {
    writeFileSync(at('a.log'), line('/1'));
    mkdirSync(at('b.log'));
    const { poll, troubles } = follow(['a.log', 'a.log/nonsense', 'b.log']);
    expect(await poll()).toEqual(['/1']);
    await poll();
    expect(troubles.map((error) => [error.code, error.message])).toEqual([
      ['log_unreadable', expect.stringContaining('nonsense')],
    ]);
  });

  test('with reading positions ends the start', async () => {
    writeFileSync(at('state'), 'a file where a folder should be');
    await expect(follow(['a.log']).receiver.start()).rejects.toMatchObject({ code: 'positions_unreadable' });
  });

  test('with saving positions is told, and lines still flow', async () => {
    mkdirSync(at('state/positions.json.new'), { recursive: true });
    writeFileSync(at('a.log'), line('/1'));
    const { poll, troubles } = follow(['a.log']);
    expect(await poll()).toEqual(['/1']);
    expect(troubles.map((error) => error.code)).toEqual(['positions_unwritable']);
    rmSync(at('state'), { recursive: true });
    await poll();
    expect(await follow(['a.log']).poll()).toEqual([]);
  });
});

test('whatever happens to a log, every line is read, and once', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('append' as const), lines: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ do: fc.constant('append part' as const) }),
    fc.record({ do: fc.constant('rename' as const) }),
    fc.record({ do: fc.constant('poll' as const), laterMs: fc.constantFrom(100, 11_000, 70_000) }),
    fc.record({ do: fc.constant('restart' as const) }),
    fc.record({ do: fc.constant('compress' as const) }),
    fc.record({ do: fc.constant('full' as const) }),
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const log = `${run++}/a.log`;
      mkdirSync(at(`${run - 1}`));
      const pattern = `${log}*`;
      const restarted = () => follow([pattern], lineSource('edge-a'), `state-${run}`);
      let current = restarted();
      const read: string[] = [];
      let [written, rotated, part] = [0, 0, ''];
      const append = (text: string): void => appendFileSync(at(log), text);
      append(filler(`start-${run}`));
      for (const { do: action, ...options } of steps) {
        if (action === 'append') {
          append(part);
          part = '';
          for (let i = 0; i < ('lines' in options ? options.lines : 0); i++) append(line(`/${written++}`));
        } else if (action === 'append part' && part === '') {
          const whole = line(`/${written++}`);
          append(whole.slice(0, 9));
          part = whole.slice(9);
        } else if (action === 'rename') {
          append(part);
          part = '';
          renameSync(at(log), at(`${log}.${rotated++}`));
          append(filler(`rotated-${run}-${rotated}`));
        } else if (action === 'compress' && rotated > 0) {
          const name = at(`${log}.${rotated - 1}`);
          if (!existsSync(name)) continue;
          writeFileSync(`${name}.gz`, gzipSync(readFileSync(name)));
          unlinkSync(name);
        } else if (action === 'poll') read.push(...(await current.poll('laterMs' in options ? options.laterMs : 0)));
        else if (action === 'full') {
          current.bus.limit = current.bus.events.length + 2;
          read.push(...(await current.poll()));
          current.bus.limit = Number.POSITIVE_INFINITY;
        } else if (action === 'restart') {
          await current.receiver.close();
          current = restarted();
        }
      }
      append(part);
      for (let i = 0; i < 3; i++) read.push(...(await current.poll(20_000)));
      await current.receiver.close();
      const own = read.filter((path) => /^\/\d+$/.test(path)).map((path) => Number(path.slice(1)));
      expect(own.sort((a, b) => a - b)).toEqual(Array.from({ length: written }, (_, i) => i));
      expect([read.length - own.length, current.troubles]).toEqual([80 * (rotated + 1), []]);
    }),
    { numRuns: 80 },
  );
});

test('start polls until close, on the schedule it was given', async () => {
  const due: { run: () => void; afterMs: number }[] = [];
  let cancelled = 0;
  const schedule: Schedule = (run, afterMs) => {
    due.push({ run, afterMs });
    return () => {
      cancelled += 1;
    };
  };
  writeFileSync(at('a.log'), line('/1'));
  const { bus, ingest } = testIngest();
  const receiver = new FileReceiver({
    ingest,
    sources: [{ from: lineSource('edge-a'), patterns: [at('a.log')] }],
    positionsPath: at('positions.json'),
    lineLimitBytes: 1000,
    pollMs: 250,
    schedule,
    onTrouble: () => {},
  });
  await receiver.start();
  due[0]?.run();
  // Polls queue up behind each other, so this one resolves after the scheduled one.
  await receiver.poll();
  await Promise.resolve();
  expect([bus.paths, due.map(({ afterMs }) => afterMs)]).toEqual([['/1'], [0, 250]]);
  expect(receiver.lagBytes()).toEqual(new Map([['edge-a', 0]]));
  await receiver.close();
  await receiver.close();
  expect(cancelled).toBeGreaterThan(0);
});
