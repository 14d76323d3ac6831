import type { CdnSwitch, Incident } from '../model/incident.ts';
import type { SessionRef } from '../model/session.ts';
import type { Families } from './families.ts';
import type { HistogramFamily, ValueFamily } from './family.ts';
import type { LabelSpace } from './label-space.ts';
import { RESULT, SILENT_KIND, SWITCH_REASON } from './labels.ts';
import type { LatestTime } from './latest-time.ts';

/** Movements of sessions between CDNs, and the failures only the logs knew of. */
export class FailoverMetrics {
  readonly #space: LabelSpace;
  readonly #time: LatestTime;
  readonly #switches: ValueFamily;
  readonly #failovers: ValueFamily;
  readonly #seconds: HistogramFamily;
  readonly #silent: ValueFamily;

  constructor(families: Families, time: LatestTime) {
    this.#space = families.space;
    this.#time = time;
    this.#switches = families.counter('playpath_cdn_switches_total');
    this.#failovers = families.counter('playpath_cdn_failovers_total');
    this.#seconds = families.histogram('playpath_cdn_failover_seconds');
    this.#silent = families.counter('playpath_silent_failures_total');
  }

  cdnSwitch(session: SessionRef, change: CdnSwitch): void {
    const reason = this.#space.column(SWITCH_REASON).id(change.reason);
    const { cdn } = this.#space;
    this.#count(this.#switches, this.#switches.layout.key(cdn.id(change.from), cdn.id(change.to), reason), session);
  }

  incident(session: SessionRef, incident: Incident): void {
    if (incident.kind === 'failover' && incident.failover !== undefined) {
      this.#failover(session, incident, incident.failover);
    } else if (incident.kind === 'silent_failure' && incident.silent !== undefined) {
      const kind = this.#space.column(SILENT_KIND).id(incident.silent.kind);
      const cdn = this.#space.cdn.id(incident.silent.cdn);
      this.#count(this.#silent, this.#silent.layout.key(cdn, kind), session);
    }
  }

  #failover(session: SessionRef, incident: Incident, failover: NonNullable<Incident['failover']>): void {
    const from = this.#space.cdn.id(failover.from);
    const to = this.#space.cdn.id(failover.to);
    const reason = this.#space.column(SWITCH_REASON).id(failover.reason);
    const result = this.#space.column(RESULT).id(failover.result);
    this.#count(this.#failovers, this.#failovers.layout.key(from, to, reason, result), session);
    const seconds = (incident.endMs - incident.beginMs) / 1000;
    if (!(seconds >= 0)) return;
    const key = this.#seconds.layout.key(from, to, result);
    this.#seconds.observe(key, seconds, 1);
    this.#seconds.exemplify(key, session.traceId, seconds, this.#time.latestMs);
  }

  #count(family: ValueFamily, key: number, session: SessionRef): void {
    family.add(key, 1);
    family.exemplify(key, session.traceId, 1, this.#time.latestMs);
  }
}
