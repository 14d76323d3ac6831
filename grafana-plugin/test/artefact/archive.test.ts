import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** The archive that is handed to the catalogue. Needs `npm run build`. */
const ROOT = join(__dirname, '../..');

let archive: Buffer;
let name = '';
beforeAll(() => {
  name = execFileSync(process.execPath, ['archive.mjs'], { cwd: ROOT, encoding: 'utf8' }).trim();
  archive = readFileSync(join(ROOT, name));
});
afterAll(() => rmSync(join(ROOT, name), { force: true }));

/** Names in the directory at the end of a zip, where its readers look. */
function entries(): string[] {
  const found: string[] = [];
  let at = archive.readUInt32LE(archive.length - 22 + 16);
  while (archive.readUInt32LE(at) === 0x02014b50) {
    const length = archive.readUInt16LE(at + 28);
    found.push(archive.toString('utf8', at + 46, at + 46 + length));
    at += 46 + length;
  }
  return found;
}

test('holds one folder, named by the id, with all of dist in it', () => {
  expect(name).toBe('playpath-session-panel-0.1.0.zip');
  const files = readdirSync(join(ROOT, 'dist'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(ROOT, 'dist').length));
  expect(entries().sort()).toEqual(files.map((file) => `playpath-session-panel${file}`).sort());
});

test('is the same for the same files', () => {
  execFileSync(process.execPath, ['archive.mjs'], { cwd: ROOT });
  expect(readFileSync(join(ROOT, name)).equals(archive)).toBe(true);
});
