import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CLOUDFRONT_HEADER, loadLines } from './lines.ts';

export type LoadFiles = {
  /** CloudFront standard log, 33 columns. */
  readonly cloudFront: string;
  /** The same requests as nginx and Apache write them. */
  readonly combined: string;
};

const LINES_A_WRITE = 5_000;

/**
 * Writes both files of the first `count` of `hourly` requests into `folder`, unless they are there: 2,000,000 lines
 * are 2.3 GB.
 */
export function generateLoad(count: number, hourly: number, folder: string): LoadFiles {
  mkdirSync(folder, { recursive: true });
  const name = `${count}-of-${hourly}`;
  const load = { cloudFront: join(folder, `cloudfront-${name}.tsv`), combined: join(folder, `combined-${name}.log`) };
  if (existsSync(load.cloudFront) && existsSync(load.combined)) return load;
  const [cloudFront, combined] = [load.cloudFront, load.combined].map((path) => openSync(`${path}.part`, 'w')) as [
    number,
    number,
  ];
  writeSync(cloudFront, CLOUDFRONT_HEADER);
  let lines: [string[], string[]] = [[], []];
  const flush = () => {
    writeSync(cloudFront, lines[0].join(''));
    writeSync(combined, lines[1].join(''));
    lines = [[], []];
  };
  for (const line of loadLines(count, hourly)) {
    lines[0].push(line.cloudFront);
    lines[1].push(line.combined);
    if (lines[0].length === LINES_A_WRITE) flush();
  }
  flush();
  for (const file of [cloudFront, combined]) closeSync(file);
  // A file that was cut short must not be taken for the load.
  for (const path of [load.cloudFront, load.combined]) renameSync(`${path}.part`, path);
  return load;
}
