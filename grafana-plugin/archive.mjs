import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateRawSync } from 'node:zlib';

/**
 * `npm run archive` packs dist/ as the catalogue wants it: a zip that holds one folder, named by the plugin's id.
 * Written out, for neither Node nor every machine has a program that makes zips. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
const [LOCAL, CENTRAL, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const [VERSION, UTF8, DEFLATE] = [20, 1 << 11, 8];
/** 1 January 1980: the same files make the same archive. */
const DATE = (1 << 5) | 1;

export function archiveOf(folder, root) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const path of filesIn(folder)) {
    const name = Buffer.from(`${root}/${relative(folder, path)}`);
    const content = readFileSync(path);
    const packed = deflateRawSync(content, { level: 9 });
    // What the header before a file and the directory at the end both say of it.
    const about = Buffer.alloc(26);
    [VERSION, UTF8, DEFLATE, 0, DATE].forEach((value, at) => about.writeUInt16LE(value, 2 * at));
    [crc32(content), packed.length, content.length].forEach((value, at) => about.writeUInt32LE(value, 10 + 4 * at));
    about.writeUInt16LE(name.length, 22);
    parts.push(signed(LOCAL, about), name, packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const maker = Buffer.alloc(2);
    maker.writeUInt16LE(VERSION);
    directory.push(signed(CENTRAL, maker), about, place, name);
    offset += 4 + about.length + name.length + packed.length;
  }
  const index = Buffer.concat(directory);
  const count = directory.length / 4;
  const end = Buffer.alloc(18);
  [0, 0, count, count].forEach((value, at) => end.writeUInt16LE(value, 2 * at));
  [index.length, offset].forEach((value, at) => end.writeUInt32LE(value, 8 + 4 * at));
  return Buffer.concat([...parts, index, signed(END, end)]);
}

function signed(signature, rest) {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(signature);
  return Buffer.concat([head, rest]);
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { id, info } = JSON.parse(readFileSync('dist/plugin.json', 'utf8'));
  const name = `${id}-${info.version}.zip`;
  writeFileSync(name, archiveOf('dist', id));
  console.log(name);
}
