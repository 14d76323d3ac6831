import { expect, test } from 'vitest';
import { reloadable } from '../../collector/wiring/reload.ts';
import { readConfig } from './read-config.ts';

const TOKENS = [
  'access:',
  '  tokens:',
  '    - { name: agent, tenant: "*", purpose: ingest, token: 0123456789abcdef }',
  'ingest: { host: 0.0.0.0 }',
].join('\n');

function reloaded(running: string, next: string) {
  const warnings: unknown[] = [];
  const say = (_message: string, fields?: unknown): void => void warnings.push(fields);
  const log = { debug: say, info: say, warn: say, error: say };
  return { config: reloadable(readConfig(next), readConfig(running), log), warnings };
}

test('a reload takes new tokens, and says what needs a restart', () => {
  const { config, warnings } = reloaded(TOKENS, `${TOKENS.replace('agent', 'relay')}\nlog: { level: debug }`);
  expect(config.access.tokens.map(({ name }) => name)).toEqual(['relay']);
  expect([config.log.level, warnings]).toEqual(['info', [{ keys: 'log' }]]);
});

test('a reload never leaves a port open to the world because the new configuration closes it', () => {
  const { config, warnings } = reloaded(TOKENS, 'ingest: { host: 127.0.0.1 }');
  expect(config.ingest.host).toBe('0.0.0.0');
  expect(config.access.tokens.map(({ name }) => name)).toEqual(['agent']);
  expect(warnings).toEqual([{ keys: 'ingest' }]);
});
