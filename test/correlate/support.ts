import type { JoinedRequest } from '../../collector/model/joined-request.ts';
import { RequestReport } from '../../collector/model/request.ts';
import type { Source, Tier } from '../../collector/model/source.ts';

export const T0 = Date.UTC(2026, 10, 21, 18);

const sources = new Map<string, Source>();

/** One source per emitter, as configuration would make it. */
export function sourceOf(tier: Tier, emitter: string, latenessMs = 10_000): Source {
  const key = `${tier} ${emitter} ${latenessMs}`;
  let source = sources.get(key);
  if (!source) {
    source = {
      index: sources.size,
      name: emitter,
      format: 'test',
      tier,
      emitter,
      tenant: 'default',
      latenessMs,
      sampleRate: 1,
      timeZone: 'UTC',
    };
    sources.set(key, source);
  }
  return source;
}

type Fields = Partial<Omit<RequestReport, 'kind' | 'cmcd' | 'source' | 'clear'>> & {
  readonly tier?: Tier;
  readonly emitter?: string;
  readonly cmcd?: Partial<RequestReport['cmcd']>;
};

let uid = 0;

/** A report with a fingerprint of its own; times are relative to T0 through `at`. */
export function report({ tier = 'edge', emitter, cmcd, ...fields }: Fields & { readonly at?: number }): RequestReport {
  const made = new RequestReport();
  const { at, ...rest } = fields;
  made.source = sourceOf(tier, emitter ?? (tier === 'player' ? 'player' : `${tier}-a`));
  made.startMs = T0 + (at ?? 0);
  made.durationMs = 10;
  made.status = 200;
  made.method = 'GET';
  made.host = 'a.test';
  made.path = '/v/seg.m4s';
  made.objectType = 'video';
  made.uidHigh = 7;
  made.uidLow = ++uid;
  Object.assign(made, rest);
  Object.assign(made.cmcd, cmcd);
  return made;
}

/** A joined request that only an edge reported. */
export function edgeRequest(fields: Parameters<typeof report>[0] & { readonly cdn?: string }): JoinedRequest {
  const { cdn = 'cdn-a', ...rest } = fields;
  const edge = report({ emitter: cdn, ...rest });
  return {
    player: null,
    edge: { report: edge, joinMethod: '', joinConfidence: 1 },
    shield: null,
    origin: null,
    startMs: edge.startMs,
    endMs: edge.startMs + edge.durationMs,
    cdn,
    path: edge.path,
    objectType: edge.objectType,
    status: edge.status,
    spanId: `span${edge.uidLow}`,
  };
}
