import { type LoadSession, type LoadWorld, loadSession, loadWorld, RENDITIONS_KBPS } from './audience.ts';
import { LoadRandom } from './random.ts';

/** The same request as two logs write it. */
export type LoadLine = { readonly combined: string; readonly cloudFront: string };

const VIEWERS = 20_000;
const START_SECONDS = Date.UTC(2026, 10, 21, 18) / 1_000;
const SPAN_SECONDS = 3_600;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const FIELDS =
  'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end';

/** The two lines a CloudFront standard log begins with. */
export const CLOUDFRONT_HEADER = `#Version: 1.0\n#Fields: ${FIELDS}\n`;

/**
 * The first `count` requests of an hour with `hourly` of them, by `viewers` at a time, with CMCD in the query as
 * CloudFront logs it (encoded twice). Deterministic: the n-th line depends on `hourly` only through its time.
 */
export function* loadLines(count: number, hourly = count, viewers = VIEWERS): Generator<LoadLine> {
  const random = new LoadRandom();
  const world = loadWorld(random);
  const sessions = Array.from({ length: viewers }, () => loadSession(random));
  const stepSeconds = SPAN_SECONDS / hourly;
  for (let line = 0; line < count; line++) {
    const slot = random.below(viewers);
    let session = sessions[slot]!;
    if (session.requestsLeft-- <= 0) {
      session = loadSession(random);
      sessions[slot] = session;
    }
    yield loadLine(random, world, session, Math.floor(START_SECONDS + line * stepSeconds));
  }
}

/** Numbers are drawn in the order of the statements: that order is part of the load. */
function loadLine(random: LoadRandom, world: LoadWorld, session: LoadSession, atSeconds: number): LoadLine {
  const draw = (limit: number) => random.below(limit);
  const isManifest = session.isFirst || draw(20) === 0;
  session.isFirst = false;
  if (draw(12) === 0) session.rendition = draw(RENDITIONS_KBPS.length);
  const objectType = isManifest ? 'm' : draw(5) === 0 ? 'a' : 'v';
  const kbps = RENDITIONS_KBPS[session.rendition]!;
  const segment = session.segment++;
  const title = world.titles[session.title]!;
  const extension = session.isHls ? 'ts' : 'm4s';
  const path = isManifest
    ? `/vod/${title}/${session.isHls ? 'master.m3u8' : 'manifest.mpd'}`
    : `/vod/${title}/${objectType}/${kbps}/seg-${segment}.${extension}`;
  const luck = draw(1_000);
  const status = luck < 4 ? 404 : luck < 6 ? 503 : luck < 9 ? 403 : luck < 100 ? 206 : 200;
  const bytes = status >= 400 ? 300 + draw(200) : isManifest ? 2_000 + draw(20_000) : kbps * 500 + draw(kbps * 100);
  const durationMs = 1 + draw(isManifest ? 60 : 900);
  const cacheLuck = draw(100);
  const result = status >= 400 ? 'Error' : cacheLuck < 88 ? 'Hit' : cacheLuck < 91 ? 'RefreshHit' : 'Miss';
  const isStarved = draw(200) === 0;
  const format = session.isHls ? 'h' : 'd';
  const cmcd = isManifest
    ? `cid="${title}",ot=m,sf=${format},sid="${session.sid}",st=v,su`
    : `bl=${draw(300) * 100},br=${kbps},${isStarved ? 'bs,' : ''}cid="${title}",d=${3_800 + draw(5) * 50},dl=${draw(300) * 100},mtp=${(5 + draw(400)) * 100},nor="..%2Fseg-${segment + 1}.${extension}",ot=${objectType},rtp=${(5 + draw(300)) * 100},sf=${format},sid="${session.sid}",st=v,tb=12000`;
  const query = `CMCD=${encodeURIComponent(cmcd)}`;
  const agent = world.agents[session.agent]!;
  const time = clock(atSeconds);
  const contentType = !isManifest
    ? 'video/mp4'
    : session.isHls
      ? 'application/vnd.apple.mpegurl'
      : 'application/dash+xml';
  return {
    combined: `${session.address} - - [${time.day}/${time.monthName}/${time.year}:${time.ofDay} +0000] "GET ${path}?${query} HTTP/1.1" ${status} ${bytes} "https://play.example.com/" "${agent}"\n`,
    cloudFront: `${time.year}-${time.month}-${time.day}\t${time.ofDay}\t${world.pops[session.pop]}\t${bytes + 400}\t${session.address}\tGET\td111111abcdef8.cloudfront.net\t${path}\t${status}\thttps://play.example.com/\t${agent.replaceAll(' ', '%20')}\t${query}\t-\t${result}\t${random.hex(40)}==\tvod.example.com\thttps\t${300 + draw(200)}\t${(durationMs / 1_000).toFixed(3)}\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\t${result}\tHTTP/2.0\t-\t-\t${1_024 + draw(60_000)}\t${(durationMs / 3_000).toFixed(3)}\t${result}\t${contentType}\t${bytes}\t-\t-\n`,
  };
}

function clock(atSeconds: number) {
  const date = new Date(atSeconds * 1_000);
  const iso = date.toISOString();
  return {
    year: iso.slice(0, 4),
    month: iso.slice(5, 7),
    monthName: MONTHS[date.getUTCMonth()]!,
    day: iso.slice(8, 10),
    ofDay: iso.slice(11, 19),
  };
}
