import { abrDecision } from './abr-decision.ts';
import { akamaiDs2 } from './akamai-ds2.ts';
import { apacheCombined } from './apache-combined.ts';
import { cloudflareLogpush } from './cloudflare-logpush.ts';
import { cloudfrontRealtime } from './cloudfront-realtime.ts';
import { cloudfrontStandard } from './cloudfront-standard.ts';
import { cmcdEvent } from './cmcd-event.ts';
import { fastlyJson } from './fastly-json.ts';
import type { Format } from './format.ts';
import { icecast } from './icecast.ts';
import { nginxCombined, nginxCombinedPlus } from './nginx-combined.ts';
import { nginxJson } from './nginx-json.ts';

/** Every wire format. Adding one is a file, a fixture folder and a line here. */
const ALL: readonly Format[] = [
  nginxCombined,
  nginxCombinedPlus,
  nginxJson,
  apacheCombined,
  icecast,
  cloudfrontStandard,
  cloudfrontRealtime,
  fastlyJson,
  akamaiDs2,
  cloudflareLogpush,
  cmcdEvent,
  abrDecision,
];

export const FORMATS: ReadonlyMap<string, Format> = new Map(ALL.map((format) => [format.name, format]));

/** The format of that name; the configuration has checked that there is one. */
export function formatNamed(name: string): Format {
  const format = FORMATS.get(name);
  if (!format) throw new RangeError(`no format is named ${name}`);
  return format;
}
