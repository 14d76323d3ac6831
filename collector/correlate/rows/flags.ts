import type { CacheStatus, ObjectType, PlayerState, StreamType } from '../../model/media.ts';
import { CACHE_STATUSES, OBJECT_TYPES, PLAYER_STATES, STREAM_TYPES } from '../../model/media.ts';
import type { RequestReport } from '../../model/request.ts';

const COMPLETE = 1;
const UPSTREAM = 2;
const STARVED = 4;
const STARTUP = 8;
const MALFORMED = 16;
const BACKGROUND = 32;
const HTTP = 1 << 27;
const HTTPS = 1 << 28;
const GET = 1 << 29;

const objectCode = new Map<ObjectType | '', number>(OBJECT_TYPES.map((word, code) => [word, code]));
const cacheCode = new Map<CacheStatus, number>(CACHE_STATUSES.map((word, code) => [word, code]));
const stateCode = new Map<PlayerState | '', number>(PLAYER_STATES.map((word, code) => [word, code + 1]));
const streamCode = new Map<StreamType, number>(STREAM_TYPES.map((word, code) => [word, code]));

/** The words and marks of a report and its CMCD as one integer. HOT PATH. */
export function flagsOf(report: RequestReport): number {
  const { cmcd } = report;
  return (
    (report.isComplete ? COMPLETE : 0) |
    (report.isGeneratedUpstream ? UPSTREAM : 0) |
    (cmcd.isStarved ? STARVED : 0) |
    (cmcd.isStartup ? STARTUP : 0) |
    (cmcd.isMalformed ? MALFORMED : 0) |
    (cmcd.isBackground ? BACKGROUND : 0) |
    ((objectCode.get(report.objectType) as number) << 8) |
    ((cacheCode.get(report.cacheStatus) as number) << 12) |
    ((stateCode.get(cmcd.state) ?? 0) << 16) |
    ((streamCode.get(cmcd.streamType) as number) << 20) |
    ((cmcd.version & 7) << 24) |
    (report.scheme === 'https' ? HTTPS : report.scheme === 'http' ? HTTP : 0) |
    (report.method === 'GET' ? GET : 0)
  );
}

/** Gives `into` the words and marks that `flagsOf` made an integer of. HOT PATH. */
export function setFlags(into: RequestReport, flags: number): void {
  const { cmcd } = into;
  into.isComplete = (flags & COMPLETE) !== 0;
  into.isGeneratedUpstream = (flags & UPSTREAM) !== 0;
  cmcd.isStarved = (flags & STARVED) !== 0;
  cmcd.isStartup = (flags & STARTUP) !== 0;
  cmcd.isMalformed = (flags & MALFORMED) !== 0;
  cmcd.isBackground = (flags & BACKGROUND) !== 0;
  into.objectType = OBJECT_TYPES[(flags >> 8) & 15] as ObjectType;
  into.cacheStatus = CACHE_STATUSES[(flags >> 12) & 15] as CacheStatus;
  const state = (flags >> 16) & 15;
  cmcd.state = state === 0 ? '' : (PLAYER_STATES[state - 1] as PlayerState);
  cmcd.streamType = STREAM_TYPES[(flags >> 20) & 3] as StreamType;
  cmcd.version = (flags >> 24) & 7;
  into.scheme = (flags & HTTPS) !== 0 ? 'https' : (flags & HTTP) !== 0 ? 'http' : '';
  into.method = (flags & GET) !== 0 ? 'GET' : '';
}
