import type { Alert } from './alert.ts';
import { AUDIENCE_ALERTS } from './audience-alerts.ts';
import { COLLECTOR_ALERTS } from './collector-alerts.ts';
import { DELIVERY_ALERTS } from './delivery-alerts.ts';
import { DURABILITY_ALERTS } from './durability-alerts.ts';
import { SLO_ALERTS } from './slo-alerts.ts';

/** Rule groups in the order of the files that are made of them. */
export const ALERT_GROUPS: readonly { readonly name: string; readonly alerts: readonly Alert[] }[] = [
  { name: 'playpath-objectives', alerts: SLO_ALERTS },
  { name: 'playpath-delivery', alerts: DELIVERY_ALERTS },
  { name: 'playpath-audience', alerts: AUDIENCE_ALERTS },
  { name: 'playpath-collector', alerts: [...COLLECTOR_ALERTS, ...DURABILITY_ALERTS] },
];

export const ALERTS: readonly Alert[] = ALERT_GROUPS.flatMap(({ alerts }) => alerts);
