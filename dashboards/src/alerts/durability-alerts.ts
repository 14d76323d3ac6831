import { ALL_VIEWERS, type Alert, NOBODY_FIRING } from './alert.ts';

const refuses = (values: string) =>
  ['playpath_collector_disk_refuses{disk="journal",instance="collector:9464"}', values] as const;

const diskRefuses: Alert = {
  name: 'PlaypathDiskRefuses',
  severity: 'page',
  domain: 'collector',
  expression: 'max by (disk, instance) (min_over_time(playpath_collector_disk_refuses[1m])) > 0',
  for: '1m',
  unit: 'count',
  summary: 'The disk of the {{disk}} of {{instance}} takes nothing',
  description:
    'Senders of {{instance}} are answered 503 and keep their data until the disk takes something again. What they cannot keep is lost.',
  viewers: ALL_VIEWERS,
  board: 'playpath-collector-health',
  filters: { instance: 'instance' },
  runbook: {
    meaning:
      'Nothing can be written to the journal, or to the queue of spans, so nothing is taken from anybody: an answer is only given for what is on disk. No restart is needed once there is room.',
    checks: [
      "The collector's log: the system's reason is in it (`ENOSPC`, `EDQUOT`, `EIO`, `EROFS`).",
      '`df` and `df -i` of the data folder; who else writes there?',
      'Collector health, "Queues": are `journal_bytes` or `otlp_bytes` at their capacity?',
    ],
    fixes: [
      'Make room, or enlarge the volume: ingest goes on within seconds.',
      'A volume smaller than `journal.size` and `export.otlp.queue` together: make these smaller than it.',
      'An input/output error: the disk is failing. Move the data folder and restart; docs/durability.md says what each file is for.',
    ],
  },
  cases: [
    {
      kind: 'fires',
      title: 'the disk is full for ten minutes',
      series: [refuses('0x40 1x40 0x80'), ['playpath_concurrent_viewers{tenant="default"}', '400x160']],
      expect: [
        {
          at: '15m',
          firing: [{ labels: { disk: 'journal', instance: 'collector:9464' }, value: '1', viewers: '400' }],
        },
        { at: '25m', firing: NOBODY_FIRING },
      ],
    },
    {
      kind: 'stays quiet',
      title: 'the disk takes everything',
      series: [refuses('0x160')],
      expect: [{ at: '15m', firing: NOBODY_FIRING }],
    },
    {
      kind: 'guard',
      title: 'one write fails and the next does not',
      series: [refuses('0x40 1x2 0x120')],
      expect: [{ at: '11m', firing: NOBODY_FIRING }],
    },
  ],
};

const recordsLost: Alert = {
  name: 'PlaypathJournalDamaged',
  severity: 'ticket',
  domain: 'collector',
  expression: 'max by (instance) (playpath_collector_journal_lost_records) > 0',
  for: '0m',
  unit: 'count',
  summary: 'Records of the journal of {{instance}} were damaged on disk',
  description: '{{value}} records that had been acknowledged could not be read again when {{instance}} started.',
  viewers: ALL_VIEWERS,
  board: 'playpath-collector-health',
  filters: { instance: 'instance' },
  runbook: {
    meaning:
      'A group of records failed its checksum at the last start and was passed over. Counters keep what was counted of them before; sessions that were open lack these events.',
    checks: [
      "The collector's log at its start, and the kernel's: `dmesg` for input/output errors.",
      'Did anything else write into the data folder, or was it restored from a copy?',
    ],
    fixes: ['Replace the disk. Senders that keep their logs can deliver that time again: what was read is known.'],
  },
  cases: [
    {
      kind: 'fires',
      title: 'a start that found damage',
      series: [
        ['playpath_collector_journal_lost_records{instance="collector:9464"}', '0x10 12x60 0x90'],
        ['playpath_concurrent_viewers{tenant="default"}', '400x160'],
      ],
      expect: [
        { at: '10m', firing: [{ labels: { instance: 'collector:9464' }, value: '12', viewers: '400' }] },
        { at: '25m', firing: NOBODY_FIRING },
      ],
    },
    {
      kind: 'stays quiet',
      title: 'a sound journal',
      series: [['playpath_collector_journal_lost_records{instance="collector:9464"}', '0x160']],
      expect: [{ at: '15m', firing: NOBODY_FIRING }],
    },
    {
      kind: 'guard',
      title: 'a restart after which there is nothing left to read',
      series: [['playpath_collector_journal_lost_records{instance="collector:9464"}', '12x10 0x150']],
      expect: [{ at: '5m', firing: NOBODY_FIRING }],
    },
  ],
};

export const DURABILITY_ALERTS: readonly Alert[] = [diskRefuses, recordsLost];
