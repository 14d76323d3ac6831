import type { SourceConfig } from '../config/source-config.ts';
import type { Config } from '../config.ts';
import type { Event } from '../model/event.ts';
import type { UnixMs } from '../model/time.ts';
import { CaptureDecoder } from '../receivers/capture.ts';
import { decoderOf, type Wiring } from '../wiring/source-wiring.ts';
import type { ReplayFile } from './replay.ts';

/** Format name of recorded HTTP posts of players, which only a replay reads. */
export const CAPTURE = 'capture';

/** One finished file of a source, with the decoder of its format and the time its records would have arrived. */
export function replayFile(path: string, from: SourceConfig, config: Config, wiring: Wiring): ReplayFile {
  const { source } = from;
  if (source.format === CAPTURE) {
    const cmcd = decoderOf({ ...from, source: { ...source, format: 'cmcd-event' } }, config, wiring.clients);
    const capture = new CaptureDecoder(source, wiring.urls, cmcd);
    return { path, source, decode: (bytes, start, end, emit) => capture.decode(bytes, start, end, emit) };
  }
  const decoder = decoderOf(from, config, wiring.clients);
  const delivery = { source, receivedMs: Number.NaN };
  let tell: (event: Event, arrivedMs: UnixMs) => void = () => {};
  const arrive = (event: Event): void => {
    if (event.kind === 'player') {
      tell({ ...event, receivedMs: event.tsMs }, event.tsMs);
      return;
    }
    // A line is written when its exchange is over.
    const arrivedMs = event.durationMs > 0 ? event.startMs + event.durationMs : event.startMs;
    event.receivedMs = arrivedMs;
    tell(event, arrivedMs);
  };
  return {
    path,
    source,
    decode: (bytes, start, end, emit) => {
      tell = emit;
      return decoder.decode(bytes, start, end, delivery, arrive);
    },
  };
}
