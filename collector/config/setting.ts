import { z } from 'zod';
import { Secret } from './secret.ts';
import { parseDurationMs, parseSizeBytes } from './units.ts';

/** What documents and environment overrides need to know of one key. */
export type Setting = {
  readonly kind: 'duration' | 'size' | 'integer' | 'ratio' | 'text' | 'choice' | 'flag' | 'secret' | 'list' | 'map';
  readonly description: string;
  /** As a person would write it; '' when there is none. */
  readonly shownDefault: string;
  readonly choices?: readonly string[];
};

/** A key with keys below it, a list of such keys, or a key with one of several shapes below it. */
export type Branch =
  | { readonly kind: 'section'; readonly description: string; readonly shape: Shape }
  | { readonly kind: 'entries'; readonly description: string; readonly entry: z.ZodType }
  | { readonly kind: 'variants'; readonly description: string; readonly variants: readonly z.ZodType[] };

/** Schema → what it is for. A WeakMap of our own, because zod's registry rewrites the types of what it holds. */
export const SETTINGS = new WeakMap<z.core.$ZodType, Setting | Branch>();

export type Shape = Readonly<Record<string, z.ZodType>>;

declare const unit: unique symbol;
/** Marks a schema whose value is a plain number of this unit. */
type Counted<Unit extends string> = z.ZodType<number> & { readonly [unit]: Unit };

/** The file says `settle: 30s`, code reads `settleMs`: units stand in the value there and in the name here. */
export type Named<S extends Shape> = {
  readonly [K in keyof S & string as S[K] extends Counted<infer U> ? `${K}${U}` : K]: z.output<S[K]>;
};

const SUFFIX: Readonly<Partial<Record<string, string>>> = { duration: 'Ms', size: 'Bytes' };

export function section<S extends Shape>(description: string, shape: S): z.ZodType<Named<S>> {
  const named = z
    .strictObject(shape, { error: notASection })
    .transform((value) => {
      const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
        const meta = shape[key] === undefined ? undefined : SETTINGS.get(shape[key]);
        return [`${key}${SUFFIX[meta?.kind ?? ''] ?? ''}`, inner];
      });
      return Object.fromEntries(entries) as Named<S>;
    })
    .prefault({} as never);
  SETTINGS.set(named, { kind: 'section', description, shape });
  return named as z.ZodType<Named<S>>;
}

export function entries<T>(description: string, entry: z.ZodType<T>): z.ZodType<readonly T[]> {
  const schema = z.array(entry, { error: expected('a list (lines that start with "- ")') }).prefault([]);
  SETTINGS.set(schema, { kind: 'entries', description, entry });
  return schema as z.ZodType<readonly T[]>;
}

/** `250ms … 7d`; absent is NaN when there is no default. */
export function duration(shownDefault: string, description: string, leastMs = 0): Counted<'Ms'> {
  return counted<'Ms'>('duration', 'a duration such as 250ms, 30s or 5m', parseDurationMs, {
    shownDefault,
    description,
    least: leastMs,
  });
}

/** `64KiB … 2GiB`. */
export function size(shownDefault: string, description: string, leastBytes = 1): Counted<'Bytes'> {
  return counted<'Bytes'>('size', 'a size such as 64KiB, 16MiB or 1GB', parseSizeBytes, {
    shownDefault,
    description,
    least: leastBytes,
  });
}

export function integer(
  fallback: number,
  description: string,
  least = 0,
  most = Number.MAX_SAFE_INTEGER,
): z.ZodType<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  const error = expected(`a whole number ${range}`);
  const schema = z.int({ error }).min(least, { error }).max(most, { error }).prefault(fallback);
  return setting(schema, { kind: 'integer', description, shownDefault: String(fallback) });
}

/** A share from 0 to 1; `isZeroAllowed` is false for divisors such as sample rates. */
export function ratio(fallback: number, description: string, isZeroAllowed = true): z.ZodType<number> {
  const error = expected(`a number ${isZeroAllowed ? 'from' : 'above'} 0 ${isZeroAllowed ? 'to' : 'and up to'} 1`);
  const number = z.number({ error }).max(1, { error });
  const schema = (isZeroAllowed ? number.min(0, { error }) : number.gt(0, { error })).prefault(fallback);
  return setting(schema, { kind: 'ratio', description, shownDefault: String(fallback) });
}

export type TextRules = {
  /** '' means the key may be left out and reads as ''. Undefined makes it required. */
  readonly fallback: string | undefined;
  /** Returns what is wrong with the text, or ''. */
  readonly check?: (text: string) => string;
  readonly shownDefault?: string;
};

export function text(description: string, rules: TextRules): z.ZodType<string> {
  const plain = z.string({ error: expected('text') }).superRefine((value, context) => {
    const problem = rules.check === undefined ? '' : rules.check(value);
    if (problem !== '') context.addIssue({ code: 'custom', message: problem });
  });
  const schema = rules.fallback === undefined ? plain : plain.default(rules.fallback);
  return setting(schema, {
    kind: 'text',
    description,
    shownDefault: rules.shownDefault ?? rules.fallback ?? '(required)',
  });
}

export function choice<const T extends string>(
  choices: readonly T[],
  fallback: T | undefined,
  description: string,
): z.ZodType<T> {
  const plain = z.enum(choices as readonly [T, ...T[]], { error: expected(`one of ${choices.join(', ')}`) });
  const schema = fallback === undefined ? plain : plain.default(fallback as never);
  return setting(schema as z.ZodType<T>, {
    kind: 'choice',
    description,
    shownDefault: fallback ?? '(required)',
    choices,
  });
}

export function flag(fallback: boolean, description: string): z.ZodType<boolean> {
  const schema = z.boolean({ error: expected('true or false') }).default(fallback);
  return setting(schema, { kind: 'flag', description, shownDefault: String(fallback) });
}

/** One text or several; reads as a list. `read` turns each into what the code uses. */
export function list(
  fallback: readonly string[],
  description: string,
  check: (text: string) => string = () => '',
): z.ZodType<readonly string[]> {
  const entry = z.string({ error: expected('text') }).superRefine((value, context) => {
    const problem = check(value);
    if (problem !== '') context.addIssue({ code: 'custom', message: problem });
  });
  const schema = z
    .preprocess(
      (value) => (typeof value === 'string' ? [value] : value),
      z.array(entry, { error: expected('a list of texts') }),
    )
    .prefault([...fallback]);
  const shownDefault = fallback.length === 0 ? '' : fallback.join(', ');
  return setting(schema as z.ZodType<readonly string[]>, { kind: 'list', description, shownDefault });
}

/** A file or folder, resolved by `resolve` (against the configuration file's folder). '' stays '' and means none. */
export function path(
  description: string,
  fallback: string,
  resolve: (path: string) => string,
  shownDefault = fallback,
): z.ZodType<string> {
  const schema = z
    .string({ error: expected('a path') })
    .prefault(fallback)
    .transform((value) => (value === '' ? '' : resolve(value)));
  return setting(schema, { kind: 'text', description, shownDefault });
}

/** A path as above, or a URL, which stays as it is. Required. */
export function location(description: string, resolve: (path: string) => string): z.ZodType<string> {
  const schema = z
    .string({ error: expected('a path or a URL') })
    .min(1, { error: expected('a path or a URL') })
    .transform((value) => (/^https?:/i.test(value) ? value : resolve(value)));
  return setting(schema, { kind: 'text', description, shownDefault: '(required)' });
}

/** Resolves `env:NAME` and `file:path`; throws an Error whose message says what is wrong with the reference. */
export type SecretResolver = (reference: string) => string;

/** Required when it stands alone; `| null` when left out through `optionalSecret`. */
export function secret(description: string, resolve: SecretResolver, leastCharacters = 1): z.ZodType<Secret> {
  return setting(secretText(resolve, leastCharacters), { kind: 'secret', description, shownDefault: '(required)' });
}

export function optionalSecret(description: string, resolve: SecretResolver): z.ZodType<Secret | null> {
  return setting(secretText(resolve).nullable().default(null), { kind: 'secret', description, shownDefault: '' });
}

/** Names to secrets: request headers, which usually carry a token. */
export function secretMap(description: string, resolve: SecretResolver): z.ZodType<Readonly<Record<string, Secret>>> {
  const name = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
  const schema = z
    .record(name, secretText(resolve), {
      error: (issue) => (issue.code === 'invalid_key' ? 'is not a header name' : expected('names with values')(issue)),
    })
    .default({});
  return setting(schema, { kind: 'map', description, shownDefault: '' });
}

function secretText(resolve: SecretResolver, leastCharacters = 1): z.ZodType<Secret> {
  // The input is never shown: it may be the secret itself.
  return z.string({ error: 'must be text, env:NAME or file:path' }).transform((reference, context) => {
    try {
      const value = resolve(reference);
      if (value === '') throw new Error('is empty');
      if (value.length < leastCharacters) throw new Error(`is shorter than ${leastCharacters} characters`);
      return new Secret(value);
    } catch (error) {
      context.issues.push({
        code: 'custom',
        message: error instanceof Error ? error.message : 'is unreadable',
        input: '',
      });
      return z.NEVER;
    }
  });
}

function counted<Unit extends string>(
  kind: 'duration' | 'size',
  what: string,
  parse: (text: string) => number,
  rules: { readonly shownDefault: string; readonly description: string; readonly least: number },
): Counted<Unit> {
  const error = expected(what);
  const plain = z.string({ error }).transform((value, context) => {
    const number = parse(value);
    if (number >= rules.least && Number.isSafeInteger(Math.round(number))) return number;
    const message = Number.isNaN(number) ? error({ input: value }) : `is out of range: ${shown(value)}`;
    context.issues.push({ code: 'custom', message, input: value });
    return z.NEVER;
  });
  const isOptional = rules.shownDefault === '';
  const schema = isOptional ? plain.default(Number.NaN as never) : plain.prefault(rules.shownDefault);
  const meta: Setting = { kind, description: rules.description, shownDefault: rules.shownDefault };
  return setting(schema as z.ZodType<number>, meta) as Counted<Unit>;
}

function setting<T>(schema: z.ZodType<T>, meta: Setting): z.ZodType<T> {
  SETTINGS.set(schema, meta);
  return schema;
}

function expected(what: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) =>
    input === undefined ? `is missing: it must be ${what}` : `must be ${what}, not ${shown(input)}`;
}

function notASection(issue: { readonly code?: string; readonly input?: unknown }): string | undefined {
  return issue.code === 'unrecognized_keys' ? undefined : `must have keys below it, not ${shown(issue.input)}`;
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}
