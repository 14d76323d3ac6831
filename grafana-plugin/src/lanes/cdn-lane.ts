import { isShown, type RequestFilter } from '../model/filter';
import { formatCount } from '../model/numbers';
import { isBad, OUTCOME_WEIGHT } from '../model/outcomes';
import { halfOf, type Request } from '../model/request';
import { type CdnRow, type SessionModel } from '../model/session-model';
import { type Lane, laneOf, type Mark, markOf } from './lane';
import { packTracks } from './tracks';

const MAX_TRACKS = 4;
const TRACK_PX = 13;

/** Every request to one CDN: length is time, colour is outcome. */
export function cdnLane(row: CdnRow, session: SessionModel, filter: RequestFilter): Lane {
  const requests = row.requests.filter((request) => isShown(filter, request));
  const { tracks, count } = packTracks(requests, MAX_TRACKS);
  const marks = requests.map((request, index) => requestMark(request, tracks[index]));
  const stretches = filter.cdns.has(row.name) ? [] : stretchMarks(row.name, session);
  return laneOf({
    id: `cdn:${row.name}`,
    label: row.name || 'Requests',
    detail: detailOf(row, requests),
    heightPx: Math.max(28, count * TRACK_PX + 6),
    tracks: count,
    marks: stretches.length === 0 ? marks : [...stretches, ...marks].sort((a, b) => a.startMs - b.startMs),
  });
}

function requestMark(request: Request, track: number): Mark {
  const { startMs, endMs, outcome, ttfbMs, isSlow, status } = request;
  return markOf({
    startMs,
    endMs,
    track,
    style: outcome,
    weight: OUTCOME_WEIGHT[outcome] + (isSlow ? 0.5 : 0),
    ttfbMs: isBad(outcome) ? NaN : ttfbMs,
    isSlow,
    label: isBad(outcome) ? (Number.isNaN(status) ? outcome : String(status)) : '',
    subject: { kind: 'request', request },
  });
}

/** Requests the recorder summed up lie under the ones it kept. */
function stretchMarks(cdn: string, { stretches }: SessionModel): Mark[] {
  return stretches
    .filter(({ cdns }) => cdns.includes(cdn))
    .map((stretch) =>
      markOf({
        startMs: stretch.startMs,
        endMs: stretch.endMs,
        style: 'stretch',
        weight: -1,
        isInferred: true,
        label: formatCount(stretch.requests, 'request'),
        subject: { kind: 'stretch', stretch },
      })
    );
}

function detailOf(row: CdnRow, shown: readonly Request[]): string {
  if (shown.length < row.requests.length) {
    return `${shown.length} of ${row.requests.length} shown`;
  }
  const bad = shown.filter(({ outcome }) => isBad(outcome)).length;
  const slow = shown.filter(({ isSlow }) => isSlow).length;
  const hits = shown.filter(({ outcome }) => outcome === 'hit').length;
  const known = shown.filter(({ outcome }) => outcome === 'hit' || outcome === 'miss').length;
  const hasLog = shown.some((request) => halfOf(request, 'edge'));
  const parts = [
    bad > 0 ? `${bad} failed` : '',
    slow > 0 ? `${slow} slow` : '',
    hasLog ? (known > 0 ? `${Math.round((hits / known) * 100)}% hits` : '') : 'no log',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** A lane that says so when no CDN told anything. */
export function missingCdn({ missing }: SessionModel): Lane[] {
  const reason = missing.get('cdn');
  return reason === undefined ? [] : [laneOf({ id: 'cdn', label: 'CDN log', heightPx: 24, missing: reason })];
}
