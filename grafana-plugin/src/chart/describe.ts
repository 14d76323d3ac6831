import { type Lane, type Mark } from '../lanes/lane';
import { ATTR } from '../contract.gen';
import { formatBitrate, formatBytes, formatClock, formatCount, formatDuration } from '../model/numbers';
import { type Half, halfOf, type Request } from '../model/request';
import { type Incident } from '../model/session-model';
import { numberOf, type Span, textOf } from '../model/span';
import { valueAt } from './hit-test';
import { type Palette } from './palette';

export type Fact = readonly [label: string, value: string];

/** A mark in words: for the tooltip, the announcement and the copy. */
export type Description = {
  readonly title: string;
  readonly facts: readonly Fact[];
  /** Whose attributes are shown when it is pinned. */
  readonly spans: readonly Span[];
  readonly request?: Request;
};

export function describeMark({ subject, startMs, endMs }: Mark, palette: Palette): Description {
  const took: Fact = ['Duration', formatDuration(endMs - startMs)];
  switch (subject.kind) {
    case 'request':
      return describeRequest(subject.request, palette);
    case 'half':
      return describeHalf(subject.half, subject.request, palette);
    case 'state': {
      const { state, isInferred, span } = subject.interval;
      return {
        title: palette.swatch(state).text,
        facts: facts([took, ['Source', isInferred ? 'concluded from what was delivered' : ''], ...verdictFacts(span)]),
        spans: span ? [span] : [],
      };
    }
    case 'error':
      return {
        title: palette.swatch('error').text,
        facts: facts([['Message', subject.error.text]]),
        spans: [subject.error.span],
      };
    case 'switch': {
      const { from, to, reason, span } = subject.change;
      return {
        title: `${to < from ? 'Down' : 'Up'} to ${formatBitrate(to)}`,
        facts: facts([
          ['From', formatBitrate(from)],
          ['Asked → on screen', formatDuration(endMs - startMs)],
          ['Reason', reason],
        ]),
        spans: [span],
      };
    }
    case 'stretch': {
      const { requests, errors, hits, cdns, span } = subject.stretch;
      return {
        title: formatCount(requests, 'healthy request'),
        facts: facts([
          took,
          ['Cache hits', count(hits)],
          ['Errors', count(errors)],
          ['CDNs', cdns.join(', ')],
          ['Kept', 'as a sum: nothing went wrong near them'],
        ]),
        spans: [span],
      };
    }
    case 'row':
      return { title: palette.swatch(subject.row.state).text, facts: [took], spans: [] };
  }
}

function describeRequest(request: Request, palette: Palette): Description {
  const { objectType, path, outcome, status, ttfbMs, startMs, endMs, sizeBytes, mediaMs, bitrate } = request;
  const edge = halfOf(request, 'edge')?.span;
  const ms = endMs - startMs;
  return {
    title: `${objectType} ${fileOf(path)}`,
    facts: facts([
      ['Outcome', `${palette.swatch(outcome).text}${Number.isNaN(status) ? '' : ` (${status})`}`],
      ['CDN', [request.cdn, request.pop === request.cdn ? '' : request.pop].filter((part) => part !== '').join(' / ')],
      ['Duration', formatDuration(ms)],
      ['First byte', formatDuration(ttfbMs)],
      ['Size', formatBytes(sizeBytes)],
      ['Throughput', ms >= 50 ? formatBitrate((sizeBytes * 8000) / ms) : '–'],
      ['Rendition', bitrate > 0 ? formatBitrate(bitrate) : '–'],
      ['Plays for', mediaMs > 0 ? formatDuration(mediaMs) : '–'],
      ['Slower than realtime', request.isSlow ? `${(ms / mediaMs).toFixed(2)}× its own length` : ''],
      ['Buffer when asked', formatDuration((bufferOf(request) || NaN) * 1000)],
      ['Reported by', request.halves.map(({ tier }) => tier).join(' → ')],
      ['Joined by', joinOf(edge)],
    ]),
    spans: request.halves.map(({ span }) => span),
    request,
  };
}

function describeHalf(half: Half, request: Request, palette: Palette): Description {
  return {
    title: `${half.tier} ${fileOf(request.path)}`,
    facts: facts([
      ['Outcome', `${half.outcome === 'ok' ? 'Delivered' : palette.swatch(half.outcome).text} (${half.status})`],
      ['Server', textOf(half.span, ATTR.cdnName) || half.span.service],
      ['Duration', formatDuration(half.endMs - half.startMs)],
      ['First byte', formatDuration(half.ttfbMs)],
      ['Size', formatBytes(numberOf(half.span, ATTR.bodySize))],
      ['Joined by', joinOf(half.span)],
    ]),
    spans: request.halves.map(({ span }) => span),
    request,
  };
}

export function describeIncident(incident: Incident): Fact[] {
  const { failover, startMs, endMs, missingEvidence, evidence } = incident;
  return facts([
    ['Verdict', verdictText(incident.verdict, incident.confidence)],
    ['Duration', formatDuration(endMs - startMs)],
    ['Failover', failover ? `${failover.from} → ${failover.to} (${failover.reason}, ${failover.result})` : ''],
    [
      'Evidence',
      `${formatCount(evidence.size, 'request')}${missingEvidence > 0 ? `, ${missingEvidence} not in the data` : ''}`,
    ],
  ]);
}

export function verdictText(verdict: string, confidence: number): string {
  return Number.isNaN(confidence) || confidence === 0
    ? words(verdict)
    : `${words(verdict)} ${Math.round(confidence * 100)}%`;
}

export type LineValue = { readonly name: string; readonly value: number; readonly text: string };

/** Values of a lane's lines at a time, those that have one. */
export function lineValues(lane: Lane, atMs: number, palette: Palette): LineValue[] {
  return lane.lines
    .map((line) => {
      const value = valueAt(line, atMs);
      const isOneOfMany = lane.lines.length > 1;
      const name = isOneOfMany ? `${lane.label}, ${palette.swatch(line.style).text.toLowerCase()}` : lane.label;
      return { name, value, text: lane.formatValue(value) };
    })
    .filter(({ value }) => !Number.isNaN(value));
}

/** One sentence for a screen reader. */
export function announce(lane: Lane, mark: Mark, baseMs: number, palette: Palette): string {
  const { title, facts: all } = describeMark(mark, palette);
  const said = all.slice(0, 4).map(([label, value]) => `${label} ${value}`);
  return `${lane.label}: ${title}, at ${formatClock(mark.startMs - baseMs, 1)}. ${said.join(', ')}.`;
}

function verdictFacts(span: Span | undefined): Fact[] {
  const verdict = textOf(span, ATTR.verdict);
  return [
    ['Verdict', verdict === '' ? '' : verdictText(verdict, numberOf(span, ATTR.verdictConfidence))],
    ['Why', textOf(span, ATTR.verdictSentence)],
  ];
}

function joinOf(span: Span | undefined): string {
  const method = textOf(span, ATTR.joinMethod);
  const confidence = numberOf(span, ATTR.joinConfidence);
  return method === '' ? '' : `${method}${Number.isNaN(confidence) ? '' : `, ${Math.round(confidence * 100)}% sure`}`;
}

function bufferOf(request: Request): number {
  for (const { span } of [...request.halves].reverse()) {
    const seconds = numberOf(span, ATTR.bufferLength);
    if (!Number.isNaN(seconds)) {
      return seconds;
    }
  }
  return NaN;
}

function fileOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}

function count(value: number): string {
  return Number.isNaN(value) ? '' : String(value);
}

function words(name: string): string {
  return name.replace(/_/g, ' ');
}

/** Leaves out what nobody told. */
function facts(all: readonly Fact[]): Fact[] {
  return all.filter(([, value]) => value !== '' && value !== '–');
}
