import { type MediaObject, nextObjectOf } from '../media-object.ts';
import type { PlayerStatus, VoiceState } from '../session-facts.ts';
import { cmcdQuery, hundreds, joinKeys, objectToken } from './cmcd-text.ts';
import { SilentVoice } from './silent-voice.ts';

/** CMCD v1 in the query and nothing else: no counter, no state, no events; `bs` is all it says of a stall. */
export class CmcdV1Voice extends SilentVoice {
  readonly #status: PlayerStatus;
  #isStarved = false;
  #hasPlayed = false;
  #hasPlaylist = false;

  constructor(status: PlayerStatus) {
    super();
    this.#status = status;
  }

  override queryFor(object: MediaObject, _nowMs: number): { readonly query: string; readonly rid: string } {
    const { facts, state, bufferMs, measuredKbps } = this.#status;
    if (!facts.hasCmcd) return { query: '', rid: '' };
    const isSegment = object.role === 'segment';
    if (object.role === 'playlist') this.#hasPlaylist = true;
    const isStarved = this.#isStarved && isSegment;
    if (isStarved) this.#isStarved = false;
    const isUrgent = !this.#hasPlayed || state === 'rebuffering' || state === 'seeking';
    const payload = joinKeys([
      isSegment ? `bl=${hundreds(bufferMs)}` : '',
      object.role === 'master' ? '' : `br=${Math.round(object.kbps)}`,
      isStarved ? 'bs' : '',
      `cid="${facts.content.id}"`,
      isSegment ? `d=${Math.round(object.durationMs)}` : '',
      isSegment ? `dl=${hundreds(bufferMs)}` : '',
      `mtp=${hundreds(Number.isNaN(measuredKbps) ? 500 : measuredKbps)}`,
      isSegment ? `nor="${encodeURIComponent(nextObjectOf(object, 'hls'))}"` : '',
      `ot=${objectToken(object.objectType)}`,
      isSegment ? `rtp=${hundreds(object.kbps * 5)}` : '',
      'sf=h',
      `sid="${facts.sid}"`,
      this.#hasPlaylist ? `st=${facts.content.isLive ? 'l' : 'v'}` : '',
      isUrgent || isStarved ? 'su' : '',
      isSegment ? `tb=${Math.round(facts.content.ladder.at(-1)?.kbps ?? 0)}` : '',
    ]);
    return { query: cmcdQuery(payload), rid: '' };
  }

  override entered(state: VoiceState, _nowMs: number): void {
    if (state === 'playing') this.#hasPlayed = true;
    if (state === 'rebuffering') this.#isStarved = true;
  }
}
