import type { RequestReport } from '../../model/request.ts';
import type { UnixMs } from '../../model/time.ts';
import { ExpiringIndex } from './expiring-index.ts';

/** A viewer who comes back to the same content after this is a new session (semantics.md section 6). */
const VIDEO_GAP_MS = 30 * 60_000;
const CONTENTS_PER_DEVICE = 32;
/** A line whose join key nobody reported is this close to lines of its session whose keys were. */
const NEIGHBOUR_MS = 60_000;
/** Renditions asked for this close together are one player that chooses, not two contents. */
const TOGETHER_MS = 3_000;

/** What a device watches. `isNamed`: the session is a player's own, found by what it reported of other lines. */
type Content = { directory: string; readonly isNamed: boolean; sid: string; firstMs: UnixMs; lastMs: UnixMs };

/** Directories that name a rendition or a track, not a content: below a manifest, and wherever they are. */
const RENDITION =
  /^(?:v?\d{1,5}[pk]?|v\d+|a\d+|v|a|audio|video|[a-z]{2}|rendition.*|stream.*|chunklist.*|(?:low|mid|high|hd|sd|uhd)\d*)$/i;
const SURE_RENDITION = /^(?:[av]\d{1,2}|\d{3,4}p|audio|video|rendition.*|chunklist.*)$/i;

/**
 * Sessions of viewers that neither their player nor their URLs name: one device, one content, no gap longer than
 * half an hour. Lines come in order of time, roughly: logs are late by minutes. The id says what it is made of and never equals a player's.
 */
export class InferredSessions {
  readonly #devices: ExpiringIndex<Content[]>;

  constructor(limit: number) {
    this.#devices = new ExpiringIndex(limit, VIDEO_GAP_MS);
  }

  /** The session id for a line, or '' when it has nothing to be recognised by. */
  sidOf(report: RequestReport, nowMs: UnixMs): string {
    const { client } = report;
    if (!client || report.objectType === 'other') return '';
    const content = this.#content(report, client.deviceKey, '', nowMs);
    if (!(report.startMs - content.lastMs <= VIDEO_GAP_MS)) {
      content.sid = `device:${client.deviceKey}${content.directory}@${Math.floor(report.startMs / 1000)}`;
      content.firstMs = report.startMs;
    }
    stretch(content, report.startMs);
    return content.sid;
  }

  /** A line that what its player reported led to the player's session. */
  learn(report: RequestReport, sid: string, nowMs: UnixMs): void {
    if (!report.client) return;
    stretch(this.#content(report, report.client.deviceKey, sid, nowMs), report.startMs);
  }

  /** The player's session of a line that its player told nothing of: one that was going on, before all others the nearest. */
  neighbourOf(report: RequestReport): string {
    if (!report.client) return '';
    const contents = this.#devices.get(`${report.source.tenant} ${report.client.deviceKey}`) ?? [];
    const directory = directoryOf(report.path);
    let nearest = '';
    let nearestMs = NEIGHBOUR_MS;
    for (const content of contents) {
      if (!content.isNamed || !isUnder(directory, content.directory)) continue;
      const offMs = Math.max(content.firstMs - report.startMs, report.startMs - content.lastMs, 0);
      if (offMs > nearestMs || (offMs === nearestMs && nearest !== '')) continue;
      nearest = content.sid;
      nearestMs = offMs;
    }
    return nearest;
  }

  /** `named`: the player's own session id; '' for what is inferred. */
  #content(report: RequestReport, deviceKey: string, named: string, nowMs: UnixMs): Content {
    const device = `${report.source.tenant} ${deviceKey}`;
    const contents = this.#devices.get(device) ?? [];
    const directory = directoryOf(report.path);
    const isNamed = named !== '';
    const same = contents.filter((known) => known.isNamed === isNamed && (!isNamed || known.sid === named));
    let content = longest(same.filter((known) => isUnder(directory, known.directory)));
    content ??= widened(same, directory, report.startMs);
    if (!content) {
      const isManifest = report.objectType === 'manifest';
      content = {
        directory: contentDirectory(directory, isManifest ? SURE_RENDITION : RENDITION),
        isNamed,
        sid: named,
        firstMs: report.startMs,
        lastMs: Number.NaN,
      };
      if (contents.length >= CONTENTS_PER_DEVICE) contents.splice(longestIdle(contents), 1);
      contents.push(content);
    }
    this.#devices.set(device, contents, nowMs);
    return content;
  }

  expire(nowMs: UnixMs): void {
    this.#devices.expire(nowMs);
  }
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function stretch(content: Content, atMs: UnixMs): void {
  content.firstMs = Math.min(content.firstMs, atMs);
  if (!(content.lastMs >= atMs)) content.lastMs = atMs;
}

/** A log of whole seconds tells playlists of renditions before the main manifest above them: the content is wider. */
function widened(contents: readonly Content[], directory: string, atMs: UnixMs): Content | undefined {
  const above = contents.find((known) => contentDirectory(known.directory) === directory);
  const parent = contentDirectory(directory);
  const beside = contents.find(
    (known) =>
      parent !== directory &&
      contentDirectory(known.directory) === parent &&
      atMs >= known.firstMs - TOGETHER_MS &&
      atMs <= known.lastMs + TOGETHER_MS,
  );
  if (above) above.directory = directory;
  else if (beside) beside.directory = parent;
  return above ?? beside;
}

/** Without the manifest, what is left when directories that name renditions are taken off the end. */
function contentDirectory(directory: string, rendition = RENDITION): string {
  const parts = directory.split('/');
  while (parts.length > 2 && rendition.test(parts.at(-1) as string)) parts.pop();
  return parts.join('/');
}

function isUnder(directory: string, parent: string): boolean {
  return directory === parent || directory.startsWith(`${parent}/`);
}

function longestIdle(contents: readonly Content[]): number {
  return contents.reduce((idle, { lastMs }, i) => (lastMs < (contents[idle] as Content).lastMs ? i : idle), 0);
}

function longest(contents: readonly Content[]): Content | undefined {
  return contents.reduce<Content | undefined>(
    (best, next) => (!best || next.directory.length > best.directory.length ? next : best),
    undefined,
  );
}
