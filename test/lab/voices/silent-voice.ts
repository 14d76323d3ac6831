import type { Rendition } from '../catalogue.ts';
import type { Exchange } from '../exchange.ts';
import type { MediaObject } from '../media-object.ts';
import type { PlayerVoice, VoiceState } from '../session-facts.ts';

/** A player that says nothing; the base of those that say something. */
export class SilentVoice implements PlayerVoice {
  readonly tickMs: number = 0;

  queryFor(_object: MediaObject, _nowMs: number): { readonly query: string; readonly rid: string } {
    return { query: '', rid: '' };
  }

  loaded(_nowMs: number): void {}
  playRequested(_nowMs: number): void {}
  entered(_state: VoiceState, _nowMs: number): void {}
  firstFrame(_startupMs: number, _nowMs: number): void {}
  chosen(_from: Rendition, _to: Rendition, _nowMs: number): void {}
  shown(_fromKbps: number, _toKbps: number, _atMs: number, _nowMs: number): void {}
  ended(_exchange: Exchange, _nowMs: number): void {}
  retriesSpent(_exchange: Exchange, _nowMs: number): void {}
  failed(_exchange: Exchange | null, _nowMs: number): void {}
  ad(_phase: 'start' | 'end', _nowMs: number): void {}
  downloaded(_nowMs: number): void {}
  tick(_nowMs: number): void {}
  left(_nowMs: number): void {}
}
