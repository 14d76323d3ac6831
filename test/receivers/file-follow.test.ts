import { appendFileSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FileReceiver, type Schedule } from '../../collector/receivers/file.ts';
import { at, follow, line, tsv } from './followed-files.ts';
import { lineSource, NOW, testIngest } from './support.ts';

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
