import { type PlaypathQuery } from './types';

/** What of Grafana's request a query needs. */
export type QueryContext = {
  readonly fromMs: number;
  readonly toMs: number;
  /** IANA name; '' where the dashboard follows the browser. */
  readonly timeZone: string;
  /** Replaces variables; several values are separated by commas. */
  readonly replace: (text: string) => string;
};

/** The parameters of one request to the collector. An option or filter that is empty is left out. */
export function parametersOf(query: PlaypathQuery, { fromMs, toMs, timeZone, replace }: QueryContext): URLSearchParams {
  const parameters = new URLSearchParams({ from: String(fromMs), to: String(toMs) });
  if (timeZone !== '') {
    parameters.set('timeZone', timeZone);
  }
  for (const [name, text] of Object.entries(query.options ?? {})) {
    const value = replace(text).trim();
    if (value !== '') {
      parameters.set(name, value);
    }
  }
  for (const { dimension, values } of query.filters ?? []) {
    const value = replace(values).trim();
    if (dimension !== '' && value !== '') {
      parameters.append(dimension, value);
    }
  }
  return parameters;
}
