import type { Analytics } from './analytics.ts';
import type { SessionListener } from './fan-out.ts';

/** Gives every server line to the unified log, where it is on. Of what is read again after a crash the lines are stored. */
export function deliveryListener(
  analytics: Pick<Analytics, 'deliveries'> | undefined,
  isRebuilding: () => boolean,
): Pick<SessionListener, 'deliveries'> {
  const deliveries = analytics?.deliveries;
  if (!deliveries) return {};
  return {
    deliveries: {
      request: (session, request) => {
        if (!isRebuilding()) deliveries.request(session, request);
      },
      sessionless: (report) => {
        if (!isRebuilding()) deliveries.sessionless(report);
      },
    },
  };
}
