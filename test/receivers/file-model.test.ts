import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at, filler, follow, line } from './followed-files.ts';
import { lineSource } from './support.ts';

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
    { seed: 1, numRuns: 80 },
  );
});
