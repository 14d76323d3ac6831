import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** A post that must arrive, and what it says. */
type Post = { readonly path: string; readonly body: string; readonly lines: number; readonly events: number };

/** Seconds a segment plays, and that lie between two lines of a session. */
const SEGMENT_SECONDS = 4;

/**
 * Sessions of which everything is known: what each played, which lines its requests left. Senders repeat a post until
 * it is answered 2xx, as real ones do.
 */
export class KnownLoad {
  readonly #url: string;
  readonly #seed: number;
  #posts = 0;
  #tries = 0;
  #opened = 0;
  #isEnough = false;
  readonly sids: string[] = [];
  /** What was promised to senders. */
  acknowledged = { posts: 0, lines: 0, events: 0 };
  readonly requestIds = new Set<string>();

  constructor(url: string, seed: number) {
    this.#url = url;
    this.#seed = seed;
  }

  get repeatedPosts(): number {
    return this.#tries - this.#posts;
  }

  /** Plays `sessions` sessions of `segments` segments, `atOnce` at a time, `pauseMs` between the posts of each. */
  async play(sessions: number, segments: number, atOnce: number, pauseMs: number): Promise<void> {
    let left = sessions;
    const worker = async (): Promise<void> => {
      while (left-- > 0 && !this.#isEnough) await this.#session(segments, pauseMs);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  /** No more sessions; those that play go on to their end. */
  enough(): void {
    this.#isEnough = true;
  }

  async #session(segments: number, pauseMs: number): Promise<void> {
    const number = this.#opened++;
    const sid = idOf(`${this.#seed} session ${number}`);
    this.sids.push(sid);
    const beginMs = Date.now() - segments * SEGMENT_SECONDS * 1000;
    const said = (seq: number, state: string, atMs: number) => ({ event: 'state', state, ts: atMs, seq });
    await this.#post(beacon(sid, [said(1, 'starting', beginMs), said(2, 'playing', beginMs + 500)]));
    for (let segment = 0; segment < segments; segment++) {
      await this.#post(this.#lines(sid, segment, beginMs));
      if (pauseMs > 0) await delay(pauseMs);
      const atMs = beginMs + 500 + segment * SEGMENT_SECONDS * 1000;
      await this.#post(beacon(sid, [{ event: 'heartbeat', ts: atMs, seq: 3 + segment }]));
      if (pauseMs > 0) await delay(pauseMs);
    }
    await this.#post(
      beacon(sid, [said(3 + segments, 'ended', beginMs + 500 + (segments - 1) * SEGMENT_SECONDS * 1000)]),
    );
  }

  /** Seconds that all sessions of so many segments play together. */
  static playingSeconds(sessions: number, segments: number): number {
    return sessions * (segments - 1) * SEGMENT_SECONDS;
  }

  /** A delivery of three lines: video, audio and the playlist. */
  #lines(sid: string, segment: number, beginMs: number): Post {
    const lines = ['video', 'audio', 'manifest'].map((kind) => {
      const requestId = idOf(`${sid} ${segment} ${kind}`).replaceAll('-', '');
      this.requestIds.add(requestId);
      const cmcd = `ot=${kind[0]},sid="${sid}",cid="movie",d=4000,br=2000,sf=h,st=v`;
      return JSON.stringify({
        ts: (beginMs + segment * SEGMENT_SECONDS * 1000 + 50) / 1000,
        request_id: requestId,
        remote_addr: '192.0.2.9',
        host: 'cdn.example',
        method: 'GET',
        uri: `/movie/${kind}/seg_${segment}.${kind === 'manifest' ? 'm3u8' : 'm4s'}`,
        args: `CMCD=${encodeURIComponent(cmcd)}`,
        status: 200,
        bytes_sent: 1_000_300,
        body_bytes_sent: 1_000_000,
        request_time: 0.05,
        cache_status: 'HIT',
        ua: 'Mozilla/5.0',
      });
    });
    return { path: '/v1/push/edge-a', body: lines.join('\n'), lines: lines.length, events: 0 };
  }

  /** Until it is answered. A refused connection and a 503 are answered by coming again. */
  async #post({ path, body, lines, events }: Post): Promise<void> {
    this.#posts++;
    for (;;) {
      this.#tries++;
      const status = await fetch(`${this.#url}${path}`, { method: 'POST', body }).then(
        async (answer) => {
          await answer.arrayBuffer();
          return answer.status;
        },
        () => 0,
      );
      if (status >= 200 && status < 300) break;
      if (status !== 0 && status !== 503) throw new Error(`${path} was answered ${status}`);
      await delay(50);
    }
    this.acknowledged.posts++;
    this.acknowledged.lines += lines;
    this.acknowledged.events += events;
  }
}

function beacon(session: string, events: readonly object[]): Post {
  const body = JSON.stringify({ session, content: 'movie', player: 'known', events });
  return { path: '/v1/beacon', body, lines: 0, events: events.length };
}

function idOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
