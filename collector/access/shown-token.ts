import type { IncomingHttpHeaders } from 'node:http';

/**
 * The token of a request, '' when there is none: `Authorization: Bearer`, Splunk's scheme, or the password of `Basic`
 * under any user, which is how browsers and Grafana's data sources can be made to send one.
 */
export function shownToken({ authorization = '' }: IncomingHttpHeaders): string {
  const [, scheme = '', credentials = ''] = /^(Bearer|Splunk|Basic) +(\S+)$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() !== 'basic') return credentials;
  const decoded = Buffer.from(credentials, 'base64').toString('utf8');
  return decoded.includes(':') ? decoded.slice(decoded.indexOf(':') + 1) : '';
}
