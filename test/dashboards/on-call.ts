import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../house/tree.ts';
import { AlertmanagerProcess } from './alertmanager-process.ts';
import { PageSink } from './page-sink.ts';
import { PrometheusProcess } from './prometheus-process.ts';
import type { RecordedScrapes } from './recorded-scrapes.ts';
import { ReplayedTarget } from './replayed-target.ts';

type AlertmanagerConfig = {
  readonly route: Readonly<Record<string, unknown>>;
  readonly receivers: readonly { readonly name: string }[];
};

/** Everything between a fleet and the person who is woken, with the files that ship. */
export class OnCall {
  readonly prometheus: PrometheusProcess;
  readonly sink: PageSink;
  /** The history, Unix seconds. */
  readonly from: number;
  readonly to: number;
  readonly #end: () => Promise<void>;

  private constructor(
    prometheus: PrometheusProcess,
    sink: PageSink,
    history: { readonly from: number; readonly to: number },
    end: () => Promise<void>,
  ) {
    this.prometheus = prometheus;
    this.sink = sink;
    this.from = history.from;
    this.to = history.to;
    this.#end = end;
  }

  /** `now`: the scrape of the recording that Prometheus makes first; those before it are its history. */
  static async begin(
    recorded: RecordedScrapes,
    now: number,
    labels: Readonly<Record<'job' | 'instance', string>>,
  ): Promise<OnCall> {
    const folder = mkdtempSync(join(tmpdir(), 'playpath-on-call-'));
    const sink = await PageSink.listen();
    const alertmanager = await AlertmanagerProcess.start(withWebhook(sink.url));
    const target = await ReplayedTarget.listen(recorded, now);
    const history = target.begin(folder);
    const prometheus = await PrometheusProcess.start({
      dataFolder: folder,
      config: {
        // Looked at more often than in production, so that `for` ends when it ends.
        global: { scrape_interval: '15s', evaluation_interval: '5s' },
        rule_files: [join(ROOT, 'dashboards/rules/alerts.yaml')],
        alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager.address] }] }] },
        scrape_configs: [
          {
            job_name: labels.job,
            honor_labels: true,
            static_configs: [{ targets: [target.address], labels: { instance: labels.instance } }],
          },
        ],
      },
    });
    return new OnCall(prometheus, sink, history, async () => {
      await prometheus.stop();
      await alertmanager.stop();
      await target.close();
      await sink.close();
      rmSync(folder, { recursive: true, force: true });
    });
  }

  end(): Promise<void> {
    return this.#end();
  }
}

/** The configuration that ships, with a pager for every receiver and less patience. */
function withWebhook(url: string): unknown {
  const file = join(ROOT, 'dashboards/compose/alertmanager.yml');
  const config = parse(readFileSync(file, 'utf8')) as AlertmanagerConfig;
  const receivers = config.receivers.map((receiver) => ({
    ...receiver,
    webhook_configs: [{ url, send_resolved: true }],
  }));
  return { ...config, route: { ...config.route, group_wait: '10s' }, receivers };
}
