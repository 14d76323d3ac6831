import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../config.ts';
import { systemCode } from '../errors.ts';

/**
 * Key of the device hash when none is configured. Beside a journal it is kept: after a restart a device must be who it
 * was, or its session becomes two. It still rotates with `privacy.rotate`.
 */
export function deviceSalt({ bus, dataDir }: Config): string {
  if (bus === 'memory') return randomBytes(32).toString('hex');
  const path = join(dataDir, 'device-salt');
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  const salt = randomBytes(32).toString('hex');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, salt, { mode: 0o600 });
  return salt;
}
