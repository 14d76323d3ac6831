import { configFile, environmentValue, loadConfig } from '../config.ts';
import { PlaypathError } from '../errors.ts';
import { FORMATS } from '../formats/index.ts';
import { FORGET_KEYS, type Forget, type ForgetKey, forget } from '../store/forget.ts';
import { openStore } from '../store/open-store.ts';
import { createLogger } from '../telemetry/logger.ts';
import { placementOf } from '../wiring/analytics.ts';

export type ForgetOptions = Forget & {
  /** Query API of a running collector; '' opens the store of the configuration. */
  readonly url: string;
  /** Token of purpose admin, for `url`. */
  readonly token: string;
  readonly file: string;
};

/** As they are written on the command line. */
export type ForgetArguments = Partial<Readonly<Record<ForgetKey | 'url' | 'tokenEnv' | 'config', string>>> & {
  readonly tenant: string;
};

/** @throws PlaypathError `config_invalid` when it is not clear what to forget */
export function forgetOptions(written: ForgetArguments): ForgetOptions {
  const { tenant, url = '', tokenEnv = '', config = '' } = written;
  const [key, ...others] = FORGET_KEYS.filter((name) => (written[name] ?? '') !== '');
  if (key === undefined || others.length > 0) {
    throw new PlaypathError('config_invalid', 'forget needs exactly one of --session, --viewer and --device');
  }
  const token = tokenEnv === '' ? '' : environmentValue(tokenEnv);
  return { tenant, key, value: written[key] ?? '', url, token, file: config };
}

/** `forget`: erases a session, or everything of a viewer or device, from the analytics store. */
export async function runForget(options: ForgetOptions): Promise<void> {
  const { url, token, file, tenant, key, value } = options;
  if (url !== '') {
    const target = new URL('/api/v1/sessions', url);
    target.search = new URLSearchParams({ tenant, [key]: value }).toString();
    const answer = await fetch(target, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) {
      throw new PlaypathError('store_unavailable', `${url} answered ${answer.status}: ${await answer.text()}`);
    }
    return;
  }
  const config = loadConfig({ formats: FORMATS, file: configFile(file) });
  const log = createLogger({ ...config.log, stream: process.stderr, now: Date.now });
  const store = await openStore(config.store, log);
  if (store === null) throw new PlaypathError('store_missing', 'This configuration has no analytics store');
  try {
    await forget(store, placementOf(config), { tenant, key, value });
  } finally {
    await store.close();
  }
}
