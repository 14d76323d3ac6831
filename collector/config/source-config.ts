import type { Source } from '../model/source.ts';
import type { SchemaContext } from './schema.ts';
import type { SourceAuth, SourceSettings } from './source-schema.ts';

/** A source with all it takes to open it. */
export type SourceConfig = {
  readonly source: Source;
  readonly fields: readonly string[];
  readonly sessionPattern: string;
  /** Absolute, `*` and `**` allowed. Empty: the source is pushed to /v1/push/<name>. */
  readonly paths: readonly string[];
  /** `service.name` or file names that OTLP log records of this source carry. */
  readonly otlpNames: readonly string[];
  /** What a sender must show; null when nothing is asked. */
  readonly auth: SourceAuth | null;
};

export function sourceConfig(settings: SourceSettings, index: number, context: SchemaContext): SourceConfig {
  const { name, format, tier, tenant, timeZone, sampleRate } = settings;
  const latenessMs = Number.isNaN(settings.latenessMs)
    ? (context.formats.get(format)?.latenessMs ?? 0)
    : settings.latenessMs;
  return {
    source: { index, name, format, tier, emitter: emitterOf(settings), tenant, timeZone, sampleRate, latenessMs },
    fields: settings.fields,
    sessionPattern: settings.sessionPattern,
    paths: settings.path.map(context.resolvePath),
    otlpNames: settings.otlpNames,
    auth: settings.secret === null ? settings.auth : { kind: 'bearer', token: settings.secret },
  };
}

function emitterOf({ name, tier, cdn, origin }: SourceSettings): string {
  switch (tier) {
    case 'edge':
    case 'shield':
      return cdn === '' ? name : cdn;
    case 'origin':
      return origin === '' ? name : origin;
    case 'player':
      return 'player';
    default:
      return tier satisfies never;
  }
}

/** The same with the secrets themselves, for the code that compares them. */
export function revealAuth(auth: SourceAuth) {
  switch (auth.kind) {
    case 'bearer':
      return { kind: auth.kind, token: auth.token.reveal() };
    case 'basic':
      return { kind: auth.kind, user: auth.user, password: auth.password.reveal() };
    case 'header':
      return { kind: auth.kind, header: auth.header, value: auth.value.reveal() };
    case 'firehose':
      return { kind: auth.kind, accessKey: auth.accessKey.reveal() };
    case 'certificate':
    case 'oidc':
      return auth;
    default:
      return auth satisfies never;
  }
}
