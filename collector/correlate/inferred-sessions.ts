import type { RequestReport } from '../model/request.ts';
import type { UnixMs } from '../model/time.ts';
import { ExpiringIndex } from './expiring-index.ts';

/** A viewer who comes back to the same content after this is a new session (semantics.md section 6). */
const VIDEO_GAP_MS = 30 * 60_000;
const CONTENTS_PER_DEVICE = 32;

type Content = { readonly directory: string; sid: string; lastMs: UnixMs };

/** Directories that name a rendition or a track, not a content. */
const RENDITION =
  /^(?:v?\d{1,5}[pk]?|v\d+|a\d+|v|a|audio|video|[a-z]{2}|rendition.*|stream.*|chunklist.*|(?:low|mid|high|hd|sd|uhd)\d*)$/i;

/**
 * Sessions of viewers that neither their player nor their URLs name: one device, one content, no gap longer than
 * half an hour. Lines come in order of time. The id says what it is made of and never equals a player's.
 */
export class InferredSessions {
  readonly #devices: ExpiringIndex<Content[]>;

  constructor(limit: number) {
    this.#devices = new ExpiringIndex(limit, VIDEO_GAP_MS);
  }

  /** The session id for a line, or '' when it has nothing to be recognised by. */
  sidOf(report: RequestReport, nowMs: UnixMs): string {
    const { client, source } = report;
    if (!client || report.objectType === 'other') return '';
    const device = `${source.tenant} ${client.deviceKey}`;
    const contents = this.#devices.get(device) ?? [];
    const directory = directoryOf(report.path);
    let content = longest(contents.filter((known) => isUnder(directory, known.directory)));
    if (!content) {
      content = {
        directory: report.objectType === 'manifest' ? directory : contentDirectory(directory),
        sid: '',
        lastMs: Number.NaN,
      };
      contents.push(content);
      if (contents.length > CONTENTS_PER_DEVICE) contents.shift();
    }
    if (!(report.startMs - content.lastMs <= VIDEO_GAP_MS)) {
      content.sid = `device:${client.deviceKey}${content.directory}@${Math.floor(report.startMs / 1000)}`;
    }
    content.lastMs = report.startMs;
    this.#devices.set(device, contents, nowMs);
    return content.sid;
  }

  expire(nowMs: UnixMs): void {
    this.#devices.expire(nowMs);
  }
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Without the manifest, what is left when directories that name renditions are taken off the end. */
function contentDirectory(directory: string): string {
  const parts = directory.split('/');
  while (parts.length > 2 && RENDITION.test(parts.at(-1) as string)) parts.pop();
  return parts.join('/');
}

function isUnder(directory: string, parent: string): boolean {
  return directory === parent || directory.startsWith(`${parent}/`);
}

function longest(contents: readonly Content[]): Content | undefined {
  return contents.reduce<Content | undefined>(
    (best, next) => (!best || next.directory.length > best.directory.length ? next : best),
    undefined,
  );
}
