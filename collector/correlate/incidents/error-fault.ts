import type { ErrorClass, PlayerEvent } from '../../model/player-event.ts';

/** What a player's error code says was wrong. */
export type ErrorFault = 'drm' | 'rights' | 'media' | 'network' | 'ad' | '';

type Row = readonly [fault: ErrorFault, isBusiness: boolean, pattern: RegExp];

/**
 * Words in error codes and messages, first match wins. Sources: hls.js `ErrorDetails`, IVS `ErrorType`, MediaError,
 * EPAS, and what sites write. Refused for rights, geography or payment is business; a broken CDM is technical.
 */
const WORDS: readonly Row[] = [
  ['drm', true, /output.?restricted|hdcp|licen[cs]e.{0,40}\b(?:40[123]|451|expired|denied|refused)\b/i],
  ['rights', true, /\b(?:40[123]|451)\b|unauthori[sz]ed|forbidden|authorization|entitle|subscri(?:be|ption)|payment/i],
  [
    'rights',
    true,
    /geo.{0,8}(?:block|restrict|fence)|not available in your (?:country|region)|concurren(?:t|cy).{0,12}limit/i,
  ],
  ['drm', false, /keysystem|keyload|licen[cs]e|\bdrm\b|mediakey|\bcdm\b|fragdecrypt|widevine|playready|fairplay/i],
  [
    'ad',
    false,
    /\bvast\b|\bvmap\b|\bima\b|\bad(?:s|vert\w*)?[ _-]?(?:error|load|break|request)|assetlist|interstitial/i,
  ],
  [
    'media',
    false,
    /buffer(?:append|addcodec|incompatible|full|nudge|seekover)|codec|decode|demux|remux|parsing|mux(?:error)?\b/i,
  ],
  ['media', false, /mediasource|not_?supported|invalid_?data|media_?err_?(?:decode|src)|mediaerror/i],
  ['network', false, /load(?:error|timeout)|network|timed? ?out|connection|http/i],
];

/** Numbers: MediaError 1–4, dash.js 10–35 and 100–114 (Errors.js, ProtectionErrors.js), HTTP, Shaka categories × 1000. */
const NUMBERS: readonly (readonly [from: number, to: number, fault: ErrorFault, isBusiness: boolean])[] = [
  [2, 2, 'network', false],
  [3, 4, 'media', false],
  [10, 19, 'network', false],
  [20, 24, 'media', false],
  [25, 29, 'network', false],
  [31, 35, 'media', false],
  // Output restricted, domain restricted, key expired.
  [104, 104, 'drm', true],
  [106, 106, 'drm', true],
  [110, 110, 'drm', true],
  [100, 114, 'drm', false],
  [401, 403, 'rights', true],
  [451, 451, 'rights', true],
  [1000, 1999, 'network', false],
  [3000, 3999, 'media', false],
  [4000, 4999, 'media', false],
  // EXPIRED and MIN_HDCP_VERSION_NOT_MATCH are the rights owner's decision.
  [6014, 6014, 'drm', true],
  [6018, 6018, 'drm', true],
  [6000, 6999, 'drm', false],
  [10000, 10999, 'ad', false],
];

/** What an error was about, by its code first and its message second; '' when neither tells. */
export function faultOfError(event: PlayerEvent): ErrorFault {
  return classify(event)?.fault ?? '';
}

/** Business errors are refusals for rights, geography or payment; everything else is technical. */
export function classOfError(event: PlayerEvent): ErrorClass {
  if (event.errorClass === 'business') return 'business';
  return classify(event)?.isBusiness ? 'business' : 'technical';
}

function classify({ errorCode = '', message = '' }: PlayerEvent): { fault: ErrorFault; isBusiness: boolean } | null {
  const text = `${errorCode} ${message}`.slice(0, 600);
  const byCode = /^\s*\d+\s*(?:,|$)/.test(errorCode) ? byNumber(Number.parseInt(errorCode, 10)) : null;
  const byText = byWords(byCode ? message.slice(0, 600) : text);
  if (!byCode || !byText?.isBusiness) return byCode ?? byText;
  // A refusal in the message explains a code that only says that something failed.
  return byCode.fault === 'drm' ? { fault: 'drm', isBusiness: true } : byText;
}

function byNumber(code: number): { fault: ErrorFault; isBusiness: boolean } | null {
  const row = NUMBERS.find(([from, to]) => code >= from && code <= to);
  return row ? { fault: row[2], isBusiness: row[3] } : null;
}

function byWords(text: string): { fault: ErrorFault; isBusiness: boolean } | null {
  const row = WORDS.find(([, , pattern]) => pattern.test(text));
  return row ? { fault: row[0], isBusiness: row[1] } : null;
}
