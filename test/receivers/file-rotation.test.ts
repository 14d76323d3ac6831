import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { at, filler, follow, line } from './followed-files.ts';
import { NOW } from './support.ts';

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

  test('also when it is as long as before, and nobody had it open', async () => {
    writeFileSync(at('a.log'), line('/1'));
    const { poll } = follow(['a.log']);
    await poll();
    await poll(70_000);
    writeFileSync(at('a.log'), line('/2'));
    // Whatever the resolution of the file system's clock.
    utimesSync(at('a.log'), 2_000_000_000, 2_000_000_000);
    expect(await poll()).toEqual(['/2']);
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
