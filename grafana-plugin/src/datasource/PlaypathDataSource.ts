import {
  type DataQueryRequest,
  type DataQueryResponse,
  DataSourceApi,
  type DataSourceInstanceSettings,
  dataFrameFromJSON,
  type DataFrameJSON,
  type MetricFindValue,
  type ScopedVars,
  type TestDataSourceResponse,
} from '@grafana/data';
import { getBackendSrv, getTemplateSrv } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import { parametersOf } from './parameters';
import { type PlaypathCatalogue, type PlaypathQuery } from './types';

/** Values of a variable in a list. */
const VALUES = 'values';

/** Asks a collector's query API through Grafana's data proxy, which adds the token; nothing of it reaches the browser. */
export class PlaypathDataSource extends DataSourceApi<PlaypathQuery> {
  readonly #url: string;
  #catalogue: Promise<PlaypathCatalogue> | null = null;

  constructor(settings: DataSourceInstanceSettings) {
    super(settings);
    this.#url = settings.url ?? '';
  }

  async query(request: DataQueryRequest<PlaypathQuery>): Promise<DataQueryResponse> {
    const targets = request.targets.filter((target) => this.filterQuery(target));
    const data = await Promise.all(targets.map((target) => this.#frame(target, request)));
    return { data };
  }

  filterQuery(query: PlaypathQuery): boolean {
    return query.hide !== true && Boolean(query.name);
  }

  getDefaultQuery(): Partial<PlaypathQuery> {
    return { name: 'audience' };
  }

  /** Variables are written as a dimension, such as `country`. */
  async metricFindQuery(
    dimension: string,
    options?: { range?: { from: { valueOf(): number }; to: { valueOf(): number } } }
  ): Promise<MetricFindValue[]> {
    const parameters = new URLSearchParams({ group: getTemplateSrv().replace(dimension), limit: '1000' });
    if (options?.range) {
      parameters.set('from', String(options.range.from.valueOf()));
      parameters.set('to', String(options.range.to.valueOf()));
    }
    const frame = dataFrameFromJSON(await this.#get<DataFrameJSON>(`q/${VALUES}`, parameters));
    const values = frame.fields.find(({ name }) => name === 'value')?.values ?? [];
    return values.map((value: unknown) => ({ text: String(value) }));
  }

  /** What can be asked; the answer is kept, and asked for again after a failure. */
  catalogue(): Promise<PlaypathCatalogue> {
    this.#catalogue ??= this.#get<PlaypathCatalogue>('queries', new URLSearchParams()).catch((error: unknown) => {
      this.#catalogue = null;
      throw error;
    });
    return this.#catalogue;
  }

  async testDatasource(): Promise<TestDataSourceResponse> {
    try {
      const { queries } = await this.#get<PlaypathCatalogue>('queries', new URLSearchParams());
      // The list is there without a store; a question is answered only with one.
      await this.#get('q/totals', new URLSearchParams({ from: 'now-1h' }));
      return { status: 'success', message: `The collector answers ${queries.length} queries.` };
    } catch (error) {
      return { status: 'error', message: messageOf(error) };
    }
  }

  async #frame(target: PlaypathQuery, request: DataQueryRequest<PlaypathQuery>) {
    const parameters = parametersOf(target, {
      fromMs: request.range.from.valueOf(),
      toMs: request.range.to.valueOf(),
      timeZone: request.timezone === 'browser' ? browserZone() : zoneOf(request.timezone),
      replace: (text) => getTemplateSrv().replace(text, request.scopedVars as ScopedVars, 'csv'),
    });
    const answer = await this.#get<DataFrameJSON>(`q/${encodeURIComponent(target.name)}`, parameters);
    return { ...dataFrameFromJSON(answer), refId: target.refId };
  }

  async #get<T>(path: string, parameters: URLSearchParams): Promise<T> {
    const url = `${this.#url}/api/v1/${path}?${parameters.toString()}`;
    try {
      const { data } = await lastValueFrom(getBackendSrv().fetch<T>({ url, method: 'GET', showErrorAlert: false }));
      return data;
    } catch (error) {
      throw new Error(messageOf(error));
    }
  }
}

/** Grafana says `utc` where everybody else says UTC. */
function zoneOf(timeZone: string): string {
  return timeZone === 'utc' || timeZone === '' ? 'UTC' : timeZone;
}

function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The collector's own sentence, where it came as far as the collector. */
function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null) {
    const { data, statusText, message } = error as { data?: { error?: string }; statusText?: string; message?: string };
    return data?.error ?? message ?? statusText ?? 'The collector does not answer.';
  }
  return String(error);
}
