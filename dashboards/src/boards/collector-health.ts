import type { Board } from '../board.ts';
import { where } from '../filters.ts';
import { statPanel, timePanel } from '../panels.ts';

const of = where(['instance']);
const rate = (metric: string, by: string): string => `sum by (${by}) (rate(${metric}{${of}}[$__rate_interval]))`;

/** Whether the collector itself is well. */
export const COLLECTOR_HEALTH: Board = {
  id: 'playpath-collector-health',
  title: 'Collector health',
  description: 'The collector as a process: intake, queues, exports, memory and processor.',
  filters: ['instance'],
  hasTraces: false,
  from: 'now-6h',
  rows: [
    {
      title: 'At a glance',
      height: 4,
      panels: [
        [
          6,
          statPanel({
            title: 'Reachable',
            description: '1 while Prometheus can scrape it.',
            unit: 'none',
            levels: [1, 0.5],
            queries: [{ expr: `min(up{job=~"playpath.*",${of}})`, legend: 'up' }],
          }),
        ],
        [
          6,
          statPanel({
            title: 'Records per second',
            description: 'Received by all receivers.',
            unit: 'cps',
            queries: [
              {
                expr: `sum(rate(playpath_collector_received_records_total{${of}}[$__rate_interval]))`,
                legend: 'records',
              },
            ],
          }),
        ],
        [
          6,
          statPanel({
            title: 'Live sessions',
            description: 'Sessions held in memory.',
            unit: 'short',
            queries: [{ expr: `sum(playpath_collector_live_sessions{${of}})`, legend: 'sessions' }],
          }),
        ],
        [
          6,
          statPanel({
            title: 'Fullest queue',
            description: 'A full queue slows ingest down or loses spans.',
            unit: 'percentunit',
            levels: [0.5, 0.9],
            queries: [
              {
                expr: `max(playpath_collector_queue_length{${of}} / playpath_collector_queue_capacity{${of}})`,
                legend: 'of capacity',
              },
            ],
          }),
        ],
      ],
    },
    {
      title: 'Flow',
      height: 8,
      panels: [
        [
          12,
          timePanel({
            title: 'Records',
            description: 'Received, and refused as unreadable.',
            unit: 'cps',
            queries: [
              { expr: rate('playpath_collector_received_records_total', 'instance'), legend: '{{instance}} received' },
              { expr: rate('playpath_collector_rejected_records_total', 'instance'), legend: '{{instance}} rejected' },
            ],
          }),
        ],
        [
          12,
          timePanel({
            title: 'Queues',
            description: 'How full each queue is.',
            unit: 'percentunit',
            levels: [0.5, 0.9],
            max: 1,
            queries: [
              {
                expr: `sum by (instance, queue) (playpath_collector_queue_length{${of}}) / sum by (instance, queue) (playpath_collector_queue_capacity{${of}})`,
                legend: '{{instance}} {{queue}}',
              },
            ],
          }),
        ],
        [
          12,
          timePanel({
            title: 'Exported',
            description: 'Spans that the trace store took, and attempts that had to be repeated.',
            unit: 'cps',
            queries: [
              {
                expr: rate('playpath_collector_sent_items_total', 'instance, exporter'),
                legend: '{{instance}} {{exporter}} sent',
              },
              {
                expr: rate('playpath_collector_export_retries_total', 'instance, exporter'),
                legend: '{{instance}} {{exporter}} retries',
              },
            ],
          }),
        ],
        [
          12,
          timePanel({
            title: 'Dropped',
            description: 'Spans an exporter gave up: refused by the backend, or without room.',
            unit: 'cps',
            queries: [
              {
                expr: rate('playpath_collector_dropped_items_total', 'instance, exporter'),
                legend: '{{instance}} {{exporter}}',
              },
            ],
          }),
        ],
      ],
    },
    {
      title: 'Process',
      height: 8,
      panels: [
        [
          6,
          timePanel({
            title: 'Processor',
            description: 'Share of one core; the pipeline uses one.',
            unit: 'percentunit',
            levels: [0.7, 0.95],
            queries: [
              { expr: rate('playpath_collector_cpu_seconds_total', 'instance, mode'), legend: '{{instance}} {{mode}}' },
            ],
          }),
        ],
        [
          6,
          timePanel({
            title: 'Memory',
            description: 'Resident memory and JavaScript heap.',
            unit: 'bytes',
            queries: [
              {
                expr: `sum by (instance) (playpath_collector_resident_memory_bytes{${of}})`,
                legend: '{{instance}} resident',
              },
              { expr: `sum by (instance) (playpath_collector_heap_used_bytes{${of}})`, legend: '{{instance}} heap' },
            ],
          }),
        ],
        [
          6,
          timePanel({
            title: 'Event loop delay, p99',
            description: 'How long anything waits for its turn.',
            unit: 's',
            levels: [0.1, 1],
            queries: [
              {
                expr: `max by (instance) (playpath_collector_event_loop_delay_p99_seconds{${of}})`,
                legend: '{{instance}}',
              },
            ],
          }),
        ],
        [
          6,
          timePanel({
            title: 'Garbage collection',
            description: 'Share of time spent in it.',
            unit: 'percentunit',
            levels: [0.05, 0.2],
            queries: [
              { expr: rate('playpath_collector_gc_seconds_total', 'instance, kind'), legend: '{{instance}} {{kind}}' },
            ],
          }),
        ],
      ],
    },
  ],
};
