import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// `npm run bench -- NAME [options]` runs NAME.ts of this folder; without a name it lists them with their question.

const folder = dirname(fileURLToPath(import.meta.url));
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -3));

const [name, ...options] = process.argv.slice(2);
if (name === undefined) {
  for (const known of names) {
    const question = /^\/\/ Question: (.*)$/m.exec(readFileSync(join(folder, `${known}.ts`), 'utf8'))?.[1] ?? '';
    console.log(`${known.padEnd(20)} ${question}`);
  }
} else if (!names.includes(name)) {
  console.error(`There is no benchmark "${name}". Known: ${names.join(', ')}`);
  process.exitCode = 1;
} else {
  const { status } = spawnSync(process.execPath, [join(folder, `${name}.ts`), ...options], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
