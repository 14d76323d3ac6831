import type { MetricFamily } from '../../collector/model/metric.ts';

export type ParsedSample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar: string;
};

/** Samples of an exposition text, by a grammar of our own: what prom-client wrote is read back independently. */
export function parseExposition(text: string): ParsedSample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseSample);
}

function parseSample(line: string): ParsedSample {
  const match = /^([a-zA-Z_:][\w:]*)(\{(?:[a-z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*\})? (\S+)(?: # (.*))?$/.exec(line);
  if (!match) throw new SyntaxError(`not a sample: ${line}`);
  const [, name = '', labels = '', value = '', exemplar = ''] = match;
  const pairs = [...labels.matchAll(/([a-z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"/g)].map(
    ([, label = '', raw = '']) => [label, raw.replace(/\\(["\\n])/g, (_, c) => (c === 'n' ? '\n' : c))] as const,
  );
  return { name, labels: Object.fromEntries(pairs), value: value === '+Inf' ? Infinity : Number(value), exemplar };
}

/** Series with a value other than 0 of one metric: `{label="value",…}` of the chosen labels → value. */
export function series(
  metrics: { families(): readonly MetricFamily[] },
  name: string,
  ...labels: readonly string[]
): Record<string, number> {
  const found: Record<string, number> = {};
  for (const family of metrics.families()) {
    family.visit((suffix, values, value) => {
      if (family.name + suffix !== name || value === 0) return;
      const key = labels.map((label) => values[label]).join(' ');
      found[key] = (found[key] ?? 0) + value;
    });
  }
  return found;
}
