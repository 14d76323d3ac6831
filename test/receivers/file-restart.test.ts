import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { at, filler, follow, line, tsv } from './followed-files.ts';
import { NOW } from './support.ts';

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
    first.bus.flush = () => Promise.resolve('full');
    await first.receiver.poll();
    // The same process reads on from what was saved, too: nothing.
    first.bus.flush = () => Promise.resolve('stored');
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
