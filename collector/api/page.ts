import type { UnixMs } from '../model/time.ts';
import { Html, html } from './html.ts';
import type { PageState } from './page-builder.ts';
import type { SessionsView } from './recent.ts';
import type { RecentSession } from './recent-session.ts';
import { sessionView } from './session-view.ts';
import { stillPagePolicy } from './still-page-policy.ts';

/** One thing this process listens on, for people: name, address, and what belongs there. */
export type Listener = { readonly name: string; readonly address: string; readonly purpose: string };

export type PageFacts = {
  readonly version: string;
  readonly listeners: readonly Listener[];
  /** Newest first. */
  readonly sessions: readonly RecentSession[];
  readonly counters: SessionsView['counters'];
  /** The page that will take the place of this one. */
  readonly panel: PageState;
  readonly nowMs: UnixMs;
};

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: bold; padding: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8885; }
td { overflow-wrap: anywhere; }
td.time { white-space: nowrap; }
ul { margin: 0; padding-left: 1.2rem; }
`;

export const PAGE_POLICY = stillPagePolicy(STYLE);

/** Slow enough to read a line of the table. */
const REFRESH_SECONDS = 10;

/** What listens where, and the latest sessions with their verdicts. Every value from data is escaped. */
export function renderPage({ version, listeners, sessions, counters, panel, nowMs }: PageFacts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
${
  panel.kind === 'building'
    ? html`<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
`
    : html``
}<title>Playpath</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<h1>Playpath ${version}</h1>
${panelNotice(panel, nowMs)}<table>
<caption>What listens where</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Address</th><th scope="col">Purpose</th></tr></thead>
<tbody>
${listeners.map(
  ({ name, address, purpose }) => html`<tr><th scope="row">${name}</th><td>${address}</td><td>${purpose}</td></tr>
`,
)}</tbody>
</table>
${sessions.length === 0 ? html`<p>No session yet. Sessions appear here as soon as a player or a log line reports one.</p>` : sessionTable(sessions, counters)}
<p>The same as data: <a href="/api/sessions">/api/sessions</a>, <a href="/api/fleet">/api/fleet</a>,
<a href="/jaeger/api/services">/jaeger/api/services</a>.</p>
</body>
</html>
`.text;
}

function panelNotice(panel: PageState, nowMs: UnixMs): Html {
  switch (panel.kind) {
    case 'absent':
      return html``;
    case 'building':
      return html`<p role="status">The page with the session panel is being built: ${panel.step}, for ${Math.round((nowMs - panel.sinceMs) / 1000)} s now. This page looks again every ${REFRESH_SECONDS} s.</p>
`;
    case 'impossible':
      return html`<p role="status">The page with the session panel could not be built: ${panel.reason}. This plain page shows the same sessions.</p>
`;
    case 'ready':
      return html`<p><a href="/">The page with the session panel</a> is ready.</p>
`;
  }
}

function sessionTable(sessions: readonly RecentSession[], counters: SessionsView['counters']): Html {
  return html`<table>
<caption>Recent sessions, those with incidents first: ${sessions.length} of ${counters.sessions} in memory (${counters.evictedSessions} dropped from it so far)</caption>
<thead><tr><th scope="col">Began (UTC)</th><th scope="col">Session</th><th scope="col">Content</th><th scope="col">CDN</th><th scope="col">Outcome</th><th scope="col">What happened</th></tr></thead>
<tbody>
${sessions.map(sessionRow)}</tbody>
</table>`;
}

function sessionRow(session: RecentSession): Html {
  const view = sessionView(session);
  return html`<tr><td class="time">${timeText(session.beginMs)}</td><td><a href="${view.links.self}">${view.sessionId || session.traceId}</a></td><td>${view.title || view.contentId || ''}</td><td>${(view.cdns ?? []).join(', ')}</td><td>${view.isLive ? 'live' : (view.outcome ?? '').replaceAll('_', ' ')}</td><td>${incidentList(session)}</td></tr>
`;
}

function incidentList(session: RecentSession): Html {
  if (session.incidents.length === 0) return html`no incident`;
  return html`<ul>${session.incidents.map(({ verdict, sentence }) => html`<li>${sentence} (${verdict})</li>`)}</ul>`;
}

function timeText(timeMs: number): string {
  const time = new Date(timeMs);
  return Number.isNaN(time.getTime()) ? 'unknown' : time.toISOString().slice(0, 19).replace('T', ' ');
}
