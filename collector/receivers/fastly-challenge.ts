// https://www.fastly.com/documentation/guides/integrations/logging-endpoints/log-streaming-https/
import { createHash } from 'node:crypto';
import type { Route } from './route.ts';

/**
 * `GET /.well-known/fastly/logging/challenge`: Fastly sends no logs to a host that does not list the services it
 * expects, as SHA-256 in hex, one a line. `*` allows any service, so service ids are the better choice.
 */
export function fastlyChallengeRoute(serviceIds: readonly string[]): Route {
  const lines = serviceIds.map((id) => (id === '*' ? id : createHash('sha256').update(id).digest('hex')));
  return {
    path: '/.well-known/fastly/logging/challenge',
    methods: ['GET', 'HEAD'],
    isCrossOrigin: false,
    limits: null,
    handle: () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: `${lines.join('\n')}\n` }),
  };
}
