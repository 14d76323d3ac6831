import type { JoinedRequest } from '../../model/joined-request.ts';
import { RequestReport } from '../../model/request.ts';
import type { SessionRef } from '../../model/session.ts';
import type { UnixMs } from '../../model/time.ts';
import { LoneRequest } from '../join/lone-request.ts';
import type { RowStore } from './row-store.ts';

/** A settled request that is kept: the row of what an edge alone reported, or what several halves were joined to. */
export type Kept = number | JoinedRequest;

/**
 * Settled requests that may still have to explain an incident or become spans: minutes of traffic. What an edge alone
 * reported stays the row it was while it waited, and is made a request again for the few incidents there are.
 * HOT PATH: every request is kept and let go twice. Bench: test/bench/session-memory.ts.
 */
export class SettledRequests {
  readonly #rows: RowStore;
  readonly #looked = new LoneRequest(new RequestReport());

  constructor(rows: RowStore) {
    this.#rows = rows;
  }

  /** Until `letGo`. */
  keep(request: JoinedRequest): Kept {
    if (!(request instanceof LoneRequest)) return request;
    this.#rows.hold(request.row);
    return request.row;
  }

  letGo(kept: Kept): void {
    if (typeof kept === 'number') this.#rows.free(kept);
  }

  startMs(kept: Kept): UnixMs {
    return typeof kept === 'number' ? this.#rows.startMs(kept) : kept.startMs;
  }

  endMs(kept: Kept): UnixMs {
    return typeof kept === 'number' ? this.#rows.endMs(kept) : kept.endMs;
  }

  /** The request, as it was when it was kept by a playback of `session`. */
  read(kept: Kept, { sessionId, traceId }: SessionRef): JoinedRequest {
    if (typeof kept !== 'number') return kept;
    const request = new LoneRequest(this.#rows.report(kept, sessionId));
    request.fill(kept, traceId);
    return request;
  }

  /** The same to look at: it is another one at the next call. */
  look(kept: Kept, { sessionId, traceId }: SessionRef): JoinedRequest {
    if (typeof kept !== 'number') return kept;
    this.#rows.read(kept, sessionId, this.#looked.edge.report);
    this.#looked.fill(kept, traceId);
    return this.#looked;
  }
}
