import { DashboardCursorSync, DataHoverClearEvent, DataHoverEvent, type EventBus } from '@grafana/data';
import { usePanelContext } from '@grafana/ui';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { Watched } from '../chart/watched';

const PUBLISH_EVERY_MS = 100;

/** The crosshair shared with other panels: the time they point at, and a way to tell them ours (Unix ms). */
export function useSharedTime(
  eventBus: EventBus
): readonly [shared: Watched<number | null>, publish: (atMs: number | null) => void] {
  const { sync } = usePanelContext();
  const shared = useMemo(() => new Watched<number | null>(null), []);
  const lastMs = useRef(-Infinity);
  const isShared = useCallback(() => (sync?.() ?? DashboardCursorSync.Off) !== DashboardCursorSync.Off, [sync]);

  useEffect(() => {
    const hover = eventBus.getStream(DataHoverEvent).subscribe({
      next(event) {
        const time: unknown = event.payload?.point?.time;
        if (event.origin !== eventBus && isShared() && typeof time === 'number') {
          shared.set(time);
        }
      },
    });
    const clear = eventBus.getStream(DataHoverClearEvent).subscribe({
      next(event) {
        if (event.origin !== eventBus) {
          shared.set(null);
        }
      },
    });
    return () => {
      hover.unsubscribe();
      clear.unsubscribe();
    };
  }, [eventBus, isShared, shared]);

  const publish = useCallback(
    (atMs: number | null) => {
      if (!isShared()) {
        return;
      }
      if (atMs === null) {
        lastMs.current = -Infinity;
        eventBus.publish(new DataHoverClearEvent());
        return;
      }
      const nowMs = performance.now();
      if (nowMs - lastMs.current >= PUBLISH_EVERY_MS) {
        lastMs.current = nowMs;
        eventBus.publish(new DataHoverEvent({ point: { time: atMs } }));
      }
    },
    [eventBus, isShared]
  );
  return [shared, publish];
}
