import { EventBusSrv, type PanelPlugin } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { useEffect, useMemo, useRef, useState } from 'react';
import { tempoTraceFrame } from '../frames/tempo-trace.ts';
import type { WireFrame } from '../frames/wire-frame.ts';
import { preparePanel } from '../panel/panel-data.ts';
import { PanelHost } from '../panel/panel-host.tsx';
import type { ThemeMode } from '../panel/panel-settings.ts';
import { pageStyles } from './page-styles.ts';
import { sessionById, traceById } from './query-api.ts';
import { usePolled } from './use-polled.ts';

const LIVE_REFRESH_MS = 3_000;

type SessionPanelProps = {
  readonly plugin: PanelPlugin;
  readonly mode: ThemeMode;
  /** Trace ids: one session, or two to compare. */
  readonly ids: readonly string[];
  readonly onClose: () => void;
};

/** The built panel with the traces of the chosen sessions, asked for again while one of them is still open. */
export function SessionPanel({ plugin, mode, ids, onClose }: SessionPanelProps) {
  const styles = useStyles2(pageStyles);
  const [isOpen, setIsOpen] = useState(true);
  const [range, setRange] = useState<{ readonly from: number; readonly to: number } | null>(null);
  const { value, problem } = usePolled(
    `traces ${ids.join()} ${isOpen}`,
    () => tracesOf(ids),
    isOpen ? LIVE_REFRESH_MS : Number.POSITIVE_INFINITY,
  );
  useEffect(() => {
    if (value !== null && !value.isLive) setIsOpen(false);
  }, [value]);
  // A frame per trace is what changes the picture; asking again without news must not redraw it.
  const [shown, setShown] = useState(value);
  useEffect(() => {
    if (value !== null) setShown((before) => (before?.text === value.text ? before : value));
  }, [value]);
  const panel = useMemo(
    () =>
      shown === null
        ? null
        : preparePanel(plugin, {
            frames: shown.frames,
            mode,
            state: shown.isLive ? 'Streaming' : 'Done',
            ...(range === null ? {} : { fromMs: range.from, toMs: range.to }),
          }),
    [plugin, mode, shown, range],
  );
  const eventBus = useMemo(() => new EventBusSrv().newScopedBus('session', { onlyLocal: false }), []);
  const [size, place] = useSize();
  return (
    <section aria-label="Chosen session" className={styles.panel}>
      <div className={styles.panelHead}>
        {problem !== '' && <span role="alert">{problem}</span>}
        {ids.map((id) => (
          <span key={id}>
            trace {id} <a href={`/api/traces/${encodeURIComponent(id)}`}>OTLP</a>
          </span>
        ))}
        {range !== null && (
          <button type="button" onClick={() => setRange(null)}>
            whole session
          </button>
        )}
        <button type="button" onClick={onClose}>
          close
        </button>
      </div>
      <div ref={place} className={styles.panelPlace}>
        {panel !== null && size.width > 0 && (
          <PanelHost
            plugin={plugin}
            panel={panel}
            mode={mode}
            title={ids.length > 1 ? 'Two sessions' : 'Session'}
            width={size.width}
            height={size.height}
            eventBus={eventBus}
            onTimeRange={setRange}
          />
        )}
      </div>
    </section>
  );
}

type Traces = { readonly frames: readonly WireFrame[]; readonly isLive: boolean; readonly text: string };

async function tracesOf(ids: readonly string[]): Promise<Traces> {
  const sessions = await Promise.all(ids.map(sessionById));
  const traces = await Promise.all(
    sessions.map(({ spanCount }, at) => (spanCount === 0 ? null : traceById(ids[at] ?? ''))),
  );
  const frames = traces.flatMap((trace, at) =>
    trace === null
      ? []
      : [tempoTraceFrame(trace, sessions[at]?.isPartial ? 'earlier spans have left the memory of the collector' : '')],
  );
  return { frames, isLive: sessions.some(({ isLive }) => isLive), text: JSON.stringify(traces) };
}

function useSize() {
  const [size, setSize] = useState({ width: 0, height: 0 });
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    if (place.current) observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return [size, place] as const;
}
