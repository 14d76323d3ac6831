import type { SessionView } from '../../collector/api/session-view.ts';
import type { OtlpJsonRequest } from '../../collector/exporters/otlp-json.ts';

export type { SessionView } from '../../collector/api/session-view.ts';

/** `GET /api/sessions` (docs/api.md). */
export type SessionPage = {
  readonly matched: number;
  readonly held: number;
  readonly sessions: readonly SessionView[];
};

/** `GET /api/fleet`. */
export type Fleet = {
  readonly concurrentSessions: { readonly player: number; readonly server: number };
  readonly concurrentViewers: number;
  readonly sessionsEnded: Readonly<Record<string, number>>;
  readonly recordsReceived: number;
  readonly recordsRefused: number;
};

/** What is looked for; '' asks for nothing in particular. Names are the parameters of `GET /api/sessions`. */
export type SessionSearch = {
  readonly q: string;
  readonly outcome: string;
  readonly verdict: string;
  readonly cdn: string;
  readonly live: string;
  readonly incidents: string;
};

export const EVERYTHING: SessionSearch = { q: '', outcome: '', verdict: '', cdn: '', live: '', incidents: '' };
/** As many as a person scrolls through. */
const LISTED = '200';

export async function findSessions(search: SessionSearch): Promise<SessionPage> {
  const parameters = new URLSearchParams({ limit: LISTED });
  for (const [name, value] of Object.entries(search)) if (value !== '') parameters.set(name, value);
  return (await get(`/api/sessions?${parameters}`)) as SessionPage;
}

export async function fleetNumbers(): Promise<Fleet> {
  return (await get('/api/fleet')) as Fleet;
}

export async function sessionById(id: string): Promise<SessionView> {
  return (await get(`/api/sessions/${encodeURIComponent(id)}`)) as SessionView;
}

/** Null while no span of the session has been written. */
export async function traceById(id: string): Promise<OtlpJsonRequest | null> {
  const response = await fetch(`/api/traces/${encodeURIComponent(id)}`);
  if (response.status === 404) return null;
  return (await answerOf(response)) as OtlpJsonRequest;
}

async function get(path: string): Promise<unknown> {
  return answerOf(await fetch(path));
}

async function answerOf(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(`${new URL(response.url).pathname} answered ${response.status}`);
  return response.json();
}
