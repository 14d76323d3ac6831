import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { machine, machineLine } from './machine.ts';

const RESULTS = join(dirname(fileURLToPath(import.meta.url)), '..', 'results');

/** Keeps what a benchmark found as `results/NAME.md`, with the machine it was found on, and its figures beside it. */
export function keepResult(name: string, title: string, note: string, lines: readonly string[], figures: object): void {
  mkdirSync(RESULTS, { recursive: true });
  const page = [`# ${title}`, '', `${machineLine(machine())}. ${note}`, '', ...lines, ''];
  writeFileSync(join(RESULTS, `${name}.md`), page.join('\n'));
  writeFileSync(join(RESULTS, `${name}.json`), `${JSON.stringify({ machine: machine(), ...figures }, null, 2)}\n`);
}
