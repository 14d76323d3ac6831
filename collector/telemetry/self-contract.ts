/** One metric of the collector about itself, as `/metrics/collector` serves it. */
export type SelfMetric = {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** UCUM, as OpenTelemetry wants it; '' for a plain number. */
  readonly unit: 's' | 'By' | '';
  readonly help: string;
  readonly labels: readonly string[];
};

function metric(name: string, type: SelfMetric['type'], unit: SelfMetric['unit'], help: string, ...labels: string[]) {
  return { name, type, unit, help, labels };
}

/** Everything `/metrics/collector` serves, besides `target_info`. */
export const SELF_METRICS = {
  received: metric('playpath_collector_received_records_total', 'counter', '', 'Records received by all receivers.'),
  rejected: metric('playpath_collector_rejected_records_total', 'counter', '', 'Records refused as unreadable.'),
  queueLength: metric('playpath_collector_queue_length', 'gauge', '', 'Items waiting in a queue.', 'queue'),
  queueCapacity: metric('playpath_collector_queue_capacity', 'gauge', '', 'Items a queue can hold.', 'queue'),
  sent: metric('playpath_collector_sent_items_total', 'counter', '', 'Items an exporter delivered.', 'exporter'),
  dropped: metric('playpath_collector_dropped_items_total', 'counter', '', 'Items an exporter gave up.', 'exporter'),
  retries: metric(
    'playpath_collector_export_retries_total',
    'counter',
    '',
    'Attempts of an exporter that had to be repeated.',
    'exporter',
  ),
  diskRefuses: metric(
    'playpath_collector_disk_refuses',
    'gauge',
    '',
    '1 while a disk took nothing when it was tried last: the journal, or the spans that wait.',
    'disk',
  ),
  diskFailures: metric('playpath_collector_disk_failures_total', 'counter', '', 'Writes to disk that failed.', 'disk'),
  journalLost: metric(
    'playpath_collector_journal_lost_records',
    'gauge',
    '',
    'Records of the journal that were damaged when it was read at the last start.',
  ),
  clockSetBack: metric(
    'playpath_collector_clock_set_back_total',
    'counter',
    '',
    'Times the clock was found a day or more behind what the journal ends with; sessions that were open are closed then.',
  ),
  unknownCacheWords: metric(
    'playpath_collector_unknown_cache_words_total',
    'counter',
    '',
    'Log lines whose cache status is a word that Playpath does not know, by the word.',
    'provider',
    'word',
  ),
  liveSessions: metric('playpath_collector_live_sessions', 'gauge', '', 'Sessions held in memory.'),
  eventLoopDelay: metric(
    'playpath_collector_event_loop_delay_p99_seconds',
    'gauge',
    's',
    '99th percentile of the event loop delay since the last scrape.',
  ),
  heapUsed: metric('playpath_collector_heap_used_bytes', 'gauge', 'By', 'JavaScript heap in use.'),
  resident: metric('playpath_collector_resident_memory_bytes', 'gauge', 'By', 'Resident memory of the process.'),
  cpu: metric('playpath_collector_cpu_seconds_total', 'counter', 's', 'Processor time of the process.', 'mode'),
  gc: metric('playpath_collector_gc_seconds_total', 'counter', 's', 'Time in garbage collection.', 'kind'),
  operations: metric(
    'playpath_collector_operation_seconds',
    'histogram',
    's',
    'Duration of requests to the trace backend, and whether it took them.',
    'operation',
    'result',
  ),
} as const satisfies Record<string, SelfMetric>;
