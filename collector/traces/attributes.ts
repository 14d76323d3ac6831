import type { AttributeValue } from '../model/span.ts';

/** Collects attributes in order and leaves out what is absent: NaN, '' and empty lists. */
export class AttributeList {
  readonly pairs: [string, AttributeValue][] = [];

  text(name: string, value: string | undefined): this {
    if (value !== undefined && value !== '') this.pairs.push([name, value]);
    return this;
  }

  number(name: string, value: number): this {
    if (Number.isFinite(value)) this.pairs.push([name, value]);
    return this;
  }

  /** Kilobits per second as bits per second. */
  kbps(name: string, value: number): this {
    return this.number(name, Math.round(value * 1000));
  }

  /** Milliseconds as seconds, without the dust of the division. */
  seconds(name: string, ms: number): this {
    return this.number(name, Math.round(ms * 1000) / 1e6);
  }

  /** A count that is worth showing when zero. TraceQL tables lose a number 0, so zero is a string. */
  count(name: string, value: number): this {
    this.pairs.push([name, value === 0 ? '0' : value]);
    return this;
  }

  list(name: string, values: readonly string[]): this {
    if (values.length > 0) this.pairs.push([name, [...values].sort()]);
    return this;
  }
}
