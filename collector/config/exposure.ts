import { ALL_TENANTS, type Purpose } from '../model/grant.ts';
import { isRecord } from './environment.ts';
import type { Conflict } from './rules.ts';

type Tree = Readonly<Record<string, unknown>>;

const REMEDY = 'or write access.open: true if something in front of it decides who gets in';

/**
 * A port beyond loopback at which nobody is asked who he is: refused, because it is nearly always a mistake, and one
 * that nobody notices until a stranger does.
 */
export function* exposedListeners(root: Tree): Generator<Conflict> {
  const access = isRecord(root.access) ? root.access : {};
  if (access.open === true) return;
  for (const [listener, describe] of [
    ['ingest', openIngest],
    ['metrics', openMetrics],
    ['api', openApi],
  ] as const) {
    const settings = root[listener];
    const host = isRecord(settings) ? settings.host : undefined;
    if (typeof host !== 'string' || isLoopback(host)) continue;
    const missing = describe(root, access);
    if (missing !== '') yield { path: [listener, 'host'], message: `is beyond loopback: ${missing}, ${REMEDY}` };
  }
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

function openIngest(root: Tree, access: Tree): string {
  if (!has(access, 'ingest') && !isFilled(access.players)) {
    return 'players could post without a key. Give access.players keys, or access.tokens one of purpose ingest';
  }
  for (const source of Array.isArray(root.sources) ? root.sources : []) {
    if (!isRecord(source) || isFilled(source.path) || source.auth !== undefined || source.secret !== undefined)
      continue;
    if (!has(access, 'ingest', String(source.tenant ?? 'default'))) {
      return `anybody could push as ${String(source.name)}. Give it a secret, or its tenant a token of purpose ingest`;
    }
  }
  return '';
}

function openMetrics(_root: Tree, access: Tree): string {
  return has(access, 'query', ALL_TENANTS)
    ? ''
    : 'anybody could read the metrics. Give access.tokens one of purpose query for tenant "*"';
}

function openApi(_root: Tree, access: Tree): string {
  return has(access, 'query') ? '' : 'anybody could read every session. Give access.tokens one of purpose query';
}

/** A token of this purpose, for this tenant when one is meant. */
function has(access: Tree, purpose: Purpose, tenant = ''): boolean {
  const tokens = Array.isArray(access.tokens) ? access.tokens : [];
  return tokens.some(
    (token: unknown) =>
      isRecord(token) &&
      token.purpose === purpose &&
      (tenant === '' || token.tenant === tenant || token.tenant === ALL_TENANTS),
  );
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' ? value !== '' : Array.isArray(value) && value.length > 0;
}
