import { counter, histogram } from '../definition.ts';
import {
  CUT,
  DIRECTION,
  ERROR_CLASS,
  FATAL,
  INCIDENT_KIND,
  OUTCOME,
  PRECISION,
  SCORE_FORMULA,
  STALL_KIND,
  VERDICT,
  VIEWER,
  VISIBILITY,
} from '../labels.ts';

const STARTUP_BUCKETS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 10, 20, 60] as const;
const SEEK_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30] as const;
const SWITCH_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60] as const;
const SCORE_BUCKETS = [10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100] as const;
const LATENCY_BUCKETS = [0.5, 1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 45, 60, 120, 600] as const;

/** What viewers experienced. Counted from sessions before any sampling; additive over windows. */
export const PLAYBACK = [
  counter('playpath_sessions_started_total', 'sessions', 'Playback sessions seen for the first time.', {
    labels: VIEWER,
    edge: 'A session that continues a reused session id with new content is a session of its own.',
    clause: 'Words: session',
  }),
  counter('playpath_attempts_total', 'sessions', 'Sessions in which play was requested, counted when they end.', {
    labels: VIEWER,
    edge: 'The denominator of every start ratio; counted at the end so that it moves together with the outcome.',
    clause: 'Words: attempt',
  }),
  counter('playpath_sessions_ended_total', 'sessions', 'Sessions that ended, by outcome.', {
    labels: [OUTCOME, ...VIEWER],
    edge: 'Windows cut on the grid or at the event limit are not ends.',
    clause: 'Player state machine: outcome',
  }),
  counter('playpath_quick_exits_total', 'sessions', 'Exits before start within the first second.', {
    labels: VIEWER,
    edge: 'Take it from both sides of the exit-before-start ratio.',
    clause: 'QoE numbers: exit before start ratio',
  }),
  counter('playpath_sessions_by_visibility_total', 'sessions', 'Sessions that ended, by who reported them.', {
    labels: [VISIBILITY, ...VIEWER],
    edge: 'The share of `server` is the blind spot: what a player SDK never reports.',
    clause: 'Player state machine: visibility [Jet-Stream]',
  }),
  counter('playpath_session_cuts_total', 'events', 'Session windows closed, by reason.', {
    labels: [CUT],
    clause: 'Design: sessions are written down as they change',
  }),
  histogram('playpath_startup_seconds', 'seconds', STARTUP_BUCKETS, 'Play request to first content frame.', {
    labels: VIEWER,
    edge: 'Without pre-roll ads and without time paused or hidden. Over 60 s stays in +Inf.',
    clause: 'QoE numbers: startup time [CTA-2066]',
  }),
  counter('playpath_playing_seconds_total', 'seconds', 'Wall-clock time in state playing.', {
    labels: VIEWER,
    clause: 'Player state machine: T_play',
  }),
  counter('playpath_seeking_seconds_total', 'seconds', 'Wall-clock time in state seeking.', {
    labels: VIEWER,
    clause: 'Player state machine: T_seek',
  }),
  counter('playpath_paused_seconds_total', 'seconds', 'Wall-clock time in state paused.', {
    labels: VIEWER,
    clause: 'Player state machine: T_pause',
  }),
  counter(
    'playpath_watched_seconds_total',
    'seconds',
    'Playing, seeking and stalled time: all but startup and pauses.',
    {
      labels: VIEWER,
      edge: "The other denominator: stalled / watched is the CTA-2066 ratio, stalled / (playing + stalled) Conviva's.",
      clause: 'QoE numbers: rebuffer ratio [CTA-2066]',
    },
  ),
  counter('playpath_stalled_seconds_total', 'seconds', 'Time stopped for lack of data after the first frame.', {
    labels: [STALL_KIND, VERDICT, ...VIEWER],
    edge: '`connection` + `seek` is the total, exactly. Initial buffering is never a stall. Interruptions under 250 ms are added, with verdict `unknown`, when the session ends.',
    clause: 'QoE numbers: rebuffer ratio [Conviva]',
  }),
  counter('playpath_stalls_total', 'events', 'Stalls of at least 250 ms.', {
    labels: [STALL_KIND, VERDICT, ...VIEWER],
    edge: 'Shorter ones add to the stalled time but are not counted. Includes stalls inferred from the logs of server-only sessions.',
    clause: 'QoE numbers: stall count',
  }),
  counter('playpath_flagged_stalls_total', 'events', 'Stalls of unknown length, known from a CMCD v1 flag.', {
    labels: [PRECISION, ...VIEWER],
    edge: 'A lower bound: one flag stands for at least one stall. Not part of playpath_stalls_total; a flag that tells the length is.',
    clause: 'QoE numbers: stall count [CTA-5004]',
  }),
  histogram('playpath_seek_seconds', 'seconds', SEEK_BUCKETS, 'Seek start to first frame at the target.', {
    labels: VIEWER,
    edge: 'Scrubs less than 500 ms apart are one seek.',
    clause: 'QoE numbers: seek latency',
  }),
  counter('playpath_playback_errors_total', 'events', 'Errors that players reported.', {
    labels: [ERROR_CLASS, FATAL, ...VIEWER],
    edge: 'A recovered error is `fatal="false"`: a warning.',
    clause: 'QoE numbers: playback failure ratio',
  }),
  counter('playpath_start_failures_total', 'events', 'Fatal errors before the first frame, by class.', {
    labels: [ERROR_CLASS, ...VIEWER],
    edge: 'Alert on `technical` only.',
    clause: 'QoE numbers: start failure ratio',
  }),
  counter('playpath_incidents_total', 'events', 'Incidents, by kind and verdict.', {
    labels: [INCIDENT_KIND, VERDICT, ...VIEWER],
    clause: 'Verdicts',
  }),
  counter('playpath_rendered_bits_total', 'bits', 'Rendition bitrate times media seconds rendered.', {
    labels: VIEWER,
    edge: 'Average bitrate = this / playpath_rendered_media_seconds_total; never a mean over requests.',
    clause: 'QoE numbers: average bitrate',
  }),
  counter('playpath_rendered_media_seconds_total', 'seconds', 'Media time rendered.', {
    labels: VIEWER,
    clause: 'QoE numbers: average bitrate',
  }),
  counter('playpath_rendition_switches_total', 'events', 'Rendition changes after the first rendition.', {
    labels: [DIRECTION, ...VIEWER],
    edge: 'Without ads and without reselection after a seek.',
    clause: 'QoE numbers: rendition switches',
  }),
  histogram(
    'playpath_rendition_switch_seconds',
    'seconds',
    SWITCH_BUCKETS,
    'Rendition asked for to rendition on screen: the delay of an ABR switch.',
    {
      labels: [DIRECTION, ...VIEWER],
      edge: 'Where a player says both, or asks and its buffer tells when it is shown. Log lines alone cannot say. What is not a switch is not here.',
      clause: 'QoE numbers: rendition switches',
    },
  ),
  histogram(
    'playpath_live_latency_seconds',
    'seconds',
    LATENCY_BUCKETS,
    'Wall clock minus programme time at the playhead.',
    {
      labels: VIEWER,
      edge: 'Only while playing live.',
      clause: 'QoE numbers: live latency [CTA-5004]',
    },
  ),
  counter(
    'playpath_live_latency_clock_errors_total',
    'events',
    'Live latencies that are negative or over 10 minutes.',
    {
      labels: VIEWER,
      edge: 'A wrong player clock, kept out of the histogram.',
      clause: 'QoE numbers: live latency',
    },
  ),
  counter('playpath_dropped_frames_total', 'frames', 'Frames dropped while playing and visible.', {
    labels: VIEWER,
    edge: 'Divide by playpath_decoded_frames_total.',
    clause: 'QoE numbers: dropped frames',
  }),
  counter('playpath_decoded_frames_total', 'frames', 'Frames decoded while playing and visible.', {
    labels: VIEWER,
    clause: 'QoE numbers: dropped frames',
  }),
  histogram('playpath_experience_score', 'points', SCORE_BUCKETS, 'Viewer experience score of a session, 0 to 100.', {
    labels: [SCORE_FORMULA, ...VIEWER],
    edge: 'For reports, never for paging. Version 1: startup 25 (2 s to 10 s), stalled share 45 (0 to 10 %), bitrate 30 (3 Mbit/s to 300 kbit/s, by its logarithm), each falling in a straight line from all to nothing; parts that are unknown are left out. Half of that after a playback failure; 0 for a technical start failure and for leaving before the first frame; none for refusals and exits within a second.',
    clause: 'QoE numbers: viewer experience score',
  }),
] as const;
