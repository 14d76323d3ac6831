import type { ObjectType } from '../../../collector/model/media.ts';
import type { VoiceState } from '../session-facts.ts';

export const CMCD_CONTENT_TYPE = 'application/cmcd';

/** `CMCD=` and the payload as URLSearchParams writes it: the players add it that way, so a space becomes `+`. */
export function cmcdQuery(payload: string): string {
  let encoded = encodeURIComponent(payload);
  if (encoded.includes('(')) encoded = encoded.replaceAll('(', '%28').replaceAll(')', '%29');
  if (encoded.includes('%20')) encoded = encoded.replaceAll('%20', '+');
  return `CMCD=${encoded}`;
}

/** CTA-5004: buffer, deadline and throughput are rounded to the next hundred. */
export function hundreds(value: number): number {
  return Math.round(value / 100) * 100;
}

const STATES: Readonly<Record<VoiceState, string>> = {
  preloading: 'd',
  starting: 's',
  ad: 's',
  playing: 'p',
  rebuffering: 'r',
  seeking: 'k',
  paused: 'a',
  ended: 'e',
  failed: 'f',
};

/** CMCD v2 `sta`. */
export function stateToken(state: VoiceState): string {
  return STATES[state];
}

const OBJECT_TOKENS: Readonly<Partial<Record<ObjectType, string>>> = {
  manifest: 'm',
  audio: 'a',
  video: 'v',
  muxed: 'av',
  init: 'i',
};

/** CMCD `ot`. */
export function objectToken(type: ObjectType): string {
  return OBJECT_TOKENS[type] ?? 'o';
}

/** The URL an `rr` event carries: as requested, without CMCD. */
export function responseUrl(host: string, path: string, query: string): string {
  if (query === '' || (query.startsWith('CMCD=') && !query.includes('&'))) return `https://${host}${path}`;
  const kept = query.split('&').filter((part) => part !== '' && !part.startsWith('CMCD='));
  return `https://${host}${path}${kept.length === 0 ? '' : `?${kept.join('&')}`}`;
}

/** CMCD keys are written in order of the alphabet; pairs that are '' are left out. */
export function joinKeys(pairs: readonly string[]): string {
  let text = '';
  for (const pair of pairs) {
    if (pair !== '') text += text === '' ? pair : `,${pair}`;
  }
  return text;
}
