import type { Exchange } from '../exchange.ts';
import type { CdnSpec, OriginSpec } from '../scenario.ts';
import { cloudfrontLine } from './cloudfront-line.ts';
import type { EdgeRecord } from './edge-record.ts';
import { fastlyLine, fastlyShieldLine } from './fastly-line.ts';
import { nginxCombinedPlusLine, nginxJsonLine } from './nginx-line.ts';
import { edgeNginxRecord, type NginxRecord, originNginxRecord, shieldNginxRecord } from './nginx-record.ts';

/** A line, and when its server wrote it, in true time. */
export type WrittenLine = { readonly line: string; readonly writtenMs: number };

/** null when the request met no shield, or the CDN does not log its shield apart. */
export function shieldLine(exchange: Exchange): WrittenLine | null {
  const { shield } = exchange.answer;
  const { spec } = exchange.network;
  if (shield === null || !logsShield(spec)) return null;
  const site = spec.shieldSite;
  const line =
    spec.format === 'fastly-json'
      ? fastlyShieldLine(exchange, shield, site, spec.clockSkewMs)
      : renderNginx(shieldNginxRecord(exchange, shield, site), spec);
  return { line, writtenMs: shield.endMs };
}

/** null when the request never got that far. */
export function originLine(exchange: Exchange, spec: OriginSpec): WrittenLine | null {
  const { origin } = exchange.answer;
  if (origin === null) return null;
  return { line: renderNginx(originNginxRecord(exchange, origin, spec.name), spec), writtenMs: origin.endMs };
}

/** CloudFront tells of Origin Shield in a column only. */
export function logsShield(spec: CdnSpec): boolean {
  return spec.shieldSite !== '' && spec.format !== 'cloudfront-standard';
}

/** The line of the edge, written when the exchange was over for it. */
export function edgeLine(exchange: Exchange, record: EdgeRecord): string {
  const { spec } = exchange.network;
  switch (spec.format) {
    case 'cloudfront-standard':
      return cloudfrontLine(exchange, record, spec.clockSkewMs);
    case 'fastly-json':
      return fastlyLine(exchange, record, spec.clockSkewMs);
    case 'nginx-json':
    case 'nginx-combined-plus':
      return renderNginx(edgeNginxRecord(exchange, record), spec);
    default: {
      const never: never = spec.format;
      return never;
    }
  }
}

function renderNginx(record: NginxRecord, spec: CdnSpec | OriginSpec): string {
  return spec.format === 'nginx-combined-plus'
    ? nginxCombinedPlusLine(record, spec.clockSkewMs)
    : nginxJsonLine(record, spec.clockSkewMs);
}
