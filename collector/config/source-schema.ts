import { z } from 'zod';
import { TIERS } from '../model/source.ts';
import { checkEndpoint, checkFormat, checkName, checkPattern, checkTimeZone } from './check.ts';
import type { SchemaContext } from './schema.ts';
import { choice, duration, list, optionalSecret, ratio, SETTINGS, secret, section, text } from './setting.ts';

/** One log as the file describes it; source-config.ts makes the `Source` of it. */
export function sourceSchema(context: SchemaContext) {
  return section('One log.', {
    name: text('Its name: the last part of its push address.', { fallback: undefined, check: checkName }),
    format: text('Wire format of its lines.', {
      fallback: undefined,
      check: (name) => checkFormat(name, context.formats.keys()),
    }),
    tier: choice(TIERS, undefined, 'Who wrote it.'),
    cdn: text('For edge and shield: the delivery network, as it shows in metrics and traces.', {
      fallback: '',
      check: optionalName,
      shownDefault: '<name>',
    }),
    origin: text('For origin: the origin, as it shows in metrics and traces.', {
      fallback: '',
      check: optionalName,
      shownDefault: '<name>',
    }),
    tenant: text('Tenant its records belong to.', { fallback: 'default', check: checkName }),
    timeZone: text('IANA zone of times written without one.', { fallback: 'UTC', check: checkTimeZone }),
    lateness: duration('', 'How late its records may be. By default what its format is known for.'),
    sampleRate: ratio(1, 'Share of requests it writes; counts are weighted by the inverse.', false),
    fields: list([], 'Field names in order, for formats whose operator chooses them.'),
    sessionPattern: text('RE2 pattern on path and query whose first group is a session id.', {
      fallback: '',
      check: checkPattern,
    }),
    path: list([], 'Files to follow: paths, with * and ** allowed. Without any the source is pushed.'),
    otlpNames: list(
      [],
      'Log records of OTLP with this `service.name` or file name are its lines, besides its own name.',
    ),
    secret: optionalSecret('Short for auth of kind bearer with this token.', context.resolveSecret),
    auth: authSchema(context),
  });
}

export type SourceSettings = z.output<ReturnType<typeof sourceSchema>>;

/** How a sender of pushed logs proves that it may. `null`: no proof asked. */
export type SourceAuth = NonNullable<SourceSettings['auth']>;

function authSchema({ resolveSecret }: SchemaContext) {
  const bearer = z.strictObject({
    kind: z.literal('bearer'),
    token: secret('Token of `Authorization: Bearer`.', resolveSecret),
  });
  const basic = z.strictObject({
    kind: z.literal('basic'),
    user: text('User of `Authorization: Basic`.', { fallback: undefined }),
    password: secret('Its password.', resolveSecret),
  });
  const header = z.strictObject({
    kind: z.literal('header'),
    header: text('Name of the header.', { fallback: undefined, check: checkHeader }),
    value: secret('Its value.', resolveSecret),
  });
  const firehose = z.strictObject({
    kind: z.literal('firehose'),
    accessKey: secret('Access key of Amazon Data Firehose.', resolveSecret),
  });
  const certificate = z.strictObject({
    kind: z.literal('certificate'),
    name: text('Common name or DNS name in the client certificate, which `ingest.tls.clientCa` has signed.', {
      fallback: undefined,
      check: checkCertificateName,
    }),
  });
  const oidc = z.strictObject({
    kind: z.literal('oidc'),
    audience: text('Audience that the token must be for, as the push subscription names it.', {
      fallback: undefined,
      check: checkGiven,
    }),
    email: text('Service account that the token must be made out to.', { fallback: undefined, check: checkGiven }),
    issuer: text('Who signs the token.', { fallback: 'https://accounts.google.com', check: checkGiven }),
    keys: text('Where the keys of the issuer are (JWKS).', {
      fallback: 'https://www.googleapis.com/oauth2/v3/certs',
      check: (url) => checkGiven(url) || checkEndpoint(url),
    }),
  });
  const variants = [bearer, basic, header, firehose, certificate, oidc] as const;
  const union = z.discriminatedUnion('kind', variants, {
    error: () => 'needs a kind: bearer, basic, header, firehose, certificate or oidc',
  });
  const schema = union.nullable().default(null);
  SETTINGS.set(schema, { kind: 'variants', description: 'What a sender must show.', variants });
  return schema;
}

function optionalName(name: string): string {
  return name === '' ? '' : checkName(name);
}

function checkGiven(text: string): string {
  return text.trim() === text && text !== '' ? '' : 'must not be empty';
}

function checkCertificateName(name: string): string {
  return name.trim() === name && name !== '' && name.length <= 255 ? '' : 'must be a name of at most 255 characters';
}

function checkHeader(name: string): string {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) ? '' : 'is not a header name';
}
