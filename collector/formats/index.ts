import { cloudfrontStandard } from './cloudfront-standard.ts';
import { cmcdEvent } from './cmcd-event.ts';
import { apacheCombined, nginxCombined, nginxCombinedPlus } from './combined.ts';
import type { Format } from './format.ts';
import { nginxJson } from './nginx-json.ts';

/** Every wire format. Adding one is a file, a fixture folder and a line here. */
const ALL: readonly Format[] = [
  nginxCombined,
  nginxCombinedPlus,
  apacheCombined,
  nginxJson,
  cloudfrontStandard,
  cmcdEvent,
];

export const FORMATS: ReadonlyMap<string, Format> = new Map(ALL.map((format) => [format.name, format]));

/** The format of that name; the configuration has checked that there is one. */
export function formatNamed(name: string): Format {
  const format = FORMATS.get(name);
  if (!format) throw new RangeError(`no format is named ${name}`);
  return format;
}
