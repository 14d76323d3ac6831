import type { LineDecoder } from '../formats/format.ts';
import type { Source } from '../model/source.ts';
import type { IdentityRules } from './identity-tokens.ts';

/** How a sender of pushed lines proves that it may. Values are the secrets themselves. */
export type PushAuth =
  /** Also `Authorization: Splunk <token>`, and `?token=` for senders that can set nothing else. */
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | { readonly kind: 'header'; readonly header: string; readonly value: string }
  | { readonly kind: 'firehose'; readonly accessKey: string }
  /** A client certificate of the authority that `ingest.tls.clientCa` names, with this name in it. */
  | { readonly kind: 'certificate'; readonly name: string }
  /** A token that an identity provider signed. */
  | ({ readonly kind: 'oidc' } & IdentityRules);

/** A configured log as receivers need it. */
export type LineSource = {
  readonly source: Source;
  /** A decoder for one stream of lines: one upload, one file, one OTLP sender. */
  readonly createDecoder: () => LineDecoder;
  /** `null`: anybody who reaches the port may push, unless tokens are asked for. */
  readonly auth: PushAuth | null;
  /** `service.name` or log file names that OTLP log records of this source carry. */
  readonly otlpNames: readonly string[];
};

/** The configured logs by their names. */
export class SourceTable {
  readonly #byName = new Map<string, LineSource>();
  readonly #byOtlpName = new Map<string, LineSource>();

  constructor(sources: readonly LineSource[]) {
    for (const entry of sources) {
      this.#byName.set(entry.source.name, entry);
      for (const name of entry.otlpNames) this.#byOtlpName.set(name, entry);
    }
  }

  named(name: string): LineSource | null {
    return this.#byName.get(name) ?? null;
  }

  /** By `playpath.source`, else `service.name`, else the file name; configured OTLP names before source names. */
  ofLogRecord(playpathSource: string, serviceName: string, fileName: string): LineSource | null {
    if (playpathSource !== '') return this.named(playpathSource);
    for (const name of [serviceName, fileName]) {
      const found = name === '' ? undefined : (this.#byOtlpName.get(name) ?? this.#byName.get(name));
      if (found !== undefined) return found;
    }
    return null;
  }
}
