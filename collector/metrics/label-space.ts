import type { ViewerDimensions } from '../model/session.ts';
import type { Source } from '../model/source.ts';
import { type Column, LabelSet, TupleSet } from './label-set.ts';
import {
  type BoundName,
  type Bounds,
  CDN,
  COUNTRY,
  DEVICE,
  type LabelDefinition,
  OTHER,
  PLAYER,
  PROPERTY,
  SOURCE,
  STREAM_TYPE,
  TENANT,
  TIER,
  VIEWER,
} from './labels.ts';
import { Layout } from './layout.ts';

const EMITTER = [CDN, TIER];

/** `budget` was spent once more. */
export type OverflowSink = (budget: BoundName) => void;

/** The label values of one metrics instance as small integers: one set per label, shared by all its metrics. */
export class LabelSpace {
  readonly bounds: Bounds;
  readonly #overflow: OverflowSink;
  readonly #open = new Map<BoundName, LabelSet>();
  readonly #closed = new Map<LabelDefinition, LabelSet>();
  readonly #viewerIds = [0, 0, 0, 0, 0, 0];
  readonly #emitterIds = [0, 0];
  #lastDimensions: ViewerDimensions | null = null;
  #lastViewer = 0;
  readonly tenant: LabelSet;
  readonly property: LabelSet;
  readonly streamType: LabelSet;
  readonly player: LabelSet;
  readonly device: LabelSet;
  readonly country: LabelSet;
  readonly cdn: LabelSet;
  readonly tier: LabelSet;
  /** The six viewer dimensions as one column. */
  readonly viewers: TupleSet;
  /** `cdn` and `tier` as one column: every source has exactly one such pair. */
  readonly emitters: TupleSet;

  constructor(bounds: Bounds, overflow: OverflowSink) {
    this.bounds = bounds;
    this.#overflow = overflow;
    this.tenant = this.column(TENANT);
    this.property = this.column(PROPERTY);
    this.streamType = this.column(STREAM_TYPE);
    this.player = this.column(PLAYER);
    this.device = this.column(DEVICE);
    this.country = this.column(COUNTRY);
    this.cdn = this.column(CDN);
    this.tier = this.column(TIER);
    const dimensions = [this.tenant, this.property, this.streamType, this.player, this.device, this.country];
    this.viewers = new TupleSet(dimensions, [this.tenant, this.streamType], bounds.viewer, () => overflow('viewer'));
    this.emitters = new TupleSet([this.cdn, this.tier], [this.tier], bounds.emitter, () => overflow('emitter'));
  }

  /** Labels that share a budget share their values, under whatever name (`cdn`, `from`, `to`). */
  column(definition: LabelDefinition): LabelSet {
    const known = 'values' in definition ? this.#closed.get(definition) : this.#open.get(definition.budget);
    if (known) return known;
    if ('values' in definition) {
      const values = new Set([...definition.values, definition.absent]);
      values.delete(OTHER);
      const set = new LabelSet(values.size, definition.absent, () => {});
      for (const value of values) set.id(value);
      this.#closed.set(definition, set);
      return set;
    }
    const { budget, absent } = definition;
    const set = new LabelSet(this.bounds[budget], absent, () => this.#overflow(budget));
    this.#open.set(budget, set);
    return set;
  }

  /** Keys of a metric with these labels: one column per label, but one for cdn + tier and one for all of a viewer. */
  layout(labels: readonly LabelDefinition[]): Layout {
    const columns: Column[] = [];
    for (let i = 0; i < labels.length; ) {
      if (startsWith(labels, i, VIEWER)) {
        columns.push(this.viewers);
        i += VIEWER.length;
      } else if (startsWith(labels, i, EMITTER)) {
        columns.push(this.emitters);
        i += EMITTER.length;
      } else {
        columns.push(this.column(labels[i]!));
        i++;
      }
    }
    return new Layout(columns);
  }

  /** `dimensions` of one playback are one object that does not change. */
  viewer(dimensions: ViewerDimensions): number {
    if (dimensions === this.#lastDimensions) return this.#lastViewer;
    const ids = this.#viewerIds;
    ids[0] = this.tenant.id(dimensions.tenant);
    ids[1] = this.property.id(dimensions.property);
    ids[2] = this.streamType.id(dimensions.streamType);
    ids[3] = this.player.id(dimensions.player);
    ids[4] = this.device.id(dimensions.device);
    ids[5] = this.country.id(dimensions.country);
    this.#lastDimensions = dimensions;
    this.#lastViewer = this.viewers.id(ids);
    return this.#lastViewer;
  }

  /** Whoever names a thousand CDNs must not make `other` of the one that is configured. */
  reserve({ name, emitter, tenant, tier }: Source): void {
    this.tenant.id(tenant);
    this.column(SOURCE).id(name);
    if (tier === 'player') return;
    this.emitter(emitter, tier);
    if (tier === 'edge') this.emitter(emitter, 'player');
  }

  emitter(cdn: string, tier: string): number {
    this.#emitterIds[0] = this.cdn.id(cdn);
    this.#emitterIds[1] = this.tier.id(tier);
    return this.emitters.id(this.#emitterIds);
  }
}

function startsWith(labels: readonly LabelDefinition[], at: number, part: readonly LabelDefinition[]): boolean {
  return part.every((label, i) => labels[at + i] === label);
}
