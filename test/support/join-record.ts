import type { Event } from '../../collector/model/event.ts';
import type { JoinedRequest, JoinMethod } from '../../collector/model/joined-request.ts';
import type { CorrelatorOutput } from '../../collector/model/output.ts';
import type { SessionRef } from '../../collector/model/session.ts';
import { FanOut, type SessionListener } from '../../collector/wiring/fan-out.ts';
import type { Exchange } from '../lab/exchange.ts';
import type { SessionFacts } from '../lab/session-facts.ts';

/** One HTTP exchange as the lab knows it: what every half that tells of it must agree with. */
export type ExchangeTruth = {
  readonly serial: number;
  readonly sid: string;
  /** Id in the edge's line, and the parent id of the lines above it. */
  readonly requestId: string;
  readonly path: string;
  /** When it was sent, on the player's clock. */
  readonly playerMs: number;
};

/** The halves the pipeline made one request of. */
export type JoinRecord = {
  readonly traceId: string;
  readonly sessionId: string;
  readonly isInferred: boolean;
  readonly player: { readonly path: string; readonly startMs: number } | null;
  readonly edgeId: string;
  /** How the player's half found its edge's; '' when one of them is alone. */
  readonly edgeMethod: JoinMethod | '';
  /** How a line without an id found its session; '' when it named it. */
  readonly sessionMethod: JoinMethod | '';
  readonly above: readonly { readonly parentId: string; readonly method: JoinMethod | '' }[];
};

export function exchangeTruth({ serial, sid, clockSkewMs }: SessionFacts, exchange: Exchange): ExchangeTruth {
  const { requestId, object, sentMs } = exchange;
  return { serial, sid, requestId, path: object.path, playerMs: sentMs + clockSkewMs };
}

/** Remembers which halves arrived, and which of them the pipeline made one request of. */
export class JoinWatch {
  readonly records: JoinRecord[] = [];
  /** Ids of the edge lines that arrived. */
  readonly edgeIds = new Set<string>();

  arrived(event: Event): void {
    if (event.kind !== 'request') return;
    if (event.source.tier === 'edge') this.edgeIds.add(event.requestId);
  }

  /** An output that gives everything on, and remembers requests. */
  output(metrics: CorrelatorOutput, listener: SessionListener): CorrelatorOutput {
    return new WatchedOutput(metrics, listener, this);
  }

  request({ traceId, sessionId, isInferred }: SessionRef, { player, edge, shield, origin }: JoinedRequest): void {
    const above = [shield, origin].flatMap((half) =>
      half === null
        ? []
        : [{ parentId: half.report.parentRequestId || half.report.requestId, method: half.joinMethod }],
    );
    this.records.push({
      traceId,
      sessionId,
      isInferred,
      player: player === null ? null : { path: player.path, startMs: player.startMs },
      edgeId: edge?.report.requestId ?? '',
      edgeMethod: player === null ? '' : (edge?.joinMethod ?? ''),
      sessionMethod: edge?.report.sessionJoin ?? '',
      above,
    });
  }
}

class WatchedOutput extends FanOut {
  readonly #watch: JoinWatch;

  constructor(metrics: CorrelatorOutput, listener: SessionListener, watch: JoinWatch) {
    super(metrics, listener);
    this.#watch = watch;
  }

  override request(session: SessionRef, request: JoinedRequest): void {
    super.request(session, request);
    this.#watch.request(session, request);
  }
}
