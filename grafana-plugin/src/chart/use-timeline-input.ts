import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef } from 'react';
import { type Lane } from '../lanes/lane';
import { type Hover, hoverAt, originOf } from './hover';
import { type Command, commandOf } from './keyboard';
import { type SelectionPx } from './Selection';
import { panned, type TimeRangeMs, type TimeScale, timeAt, zoomed } from './time-scale';
import { type Watched } from './watched';

type Input = {
  readonly lanesRef: RefObject<HTMLDivElement | null>;
  readonly lanes: readonly Lane[];
  readonly scale: TimeScale;
  readonly full: TimeRangeMs;
  readonly wheelZoom: 'withKey' | 'always' | 'never';
  /** Set while the pointer is dragged. */
  readonly selection: Watched<SelectionPx | null>;
  readonly onHover: (hover: Hover | null) => void;
  readonly onPin: (hover: Hover | null) => void;
  readonly onRange: (range: TimeRangeMs) => void;
  readonly onSelect: (range: TimeRangeMs) => void;
  readonly onCommand: (command: Command) => void;
};

/** Shorter drags are clicks. */
const DRAG_PX = 4;

/** Pointer, wheel and keys of the lanes. Dragging chooses a part to zoom into, as in Grafana's own panels. */
export function useTimelineInput(input: Input) {
  const { lanesRef, lanes, scale, full, wheelZoom, selection, onHover, onPin, onRange, onSelect, onCommand } = input;
  const dragFrom = useRef<number | null>(null);

  const hoverOf = (event: PointerEvent<HTMLDivElement>): Hover | null =>
    hoverAt(lanes, scale, originOf(event.currentTarget), event.clientX, event.clientY);
  const endDrag = () => {
    dragFrom.current = null;
    selection.set(null);
  };

  const handlers = {
    onPointerDown(event: PointerEvent<HTMLDivElement>) {
      if (event.button === 0) {
        dragFrom.current = xOfEvent(event);
      }
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>) {
      const from = dragFrom.current;
      if (from === null) {
        return onHover(hoverOf(event));
      }
      const x = xOfEvent(event);
      if (Math.abs(x - from) >= DRAG_PX) {
        event.currentTarget.setPointerCapture?.(event.pointerId);
        selection.set([Math.max(0, Math.min(from, x)), Math.min(scale.widthPx, Math.max(from, x))]);
      }
    },
    onPointerUp(event: PointerEvent<HTMLDivElement>) {
      const dragged = selection.get();
      if (dragged) {
        const [fromMs, toMs] = dragged.map((px) => timeAt(scale, px) - scale.baseMs);
        onSelect({ fromMs, toMs });
      } else if (dragFrom.current !== null) {
        const hover = hoverOf(event);
        onPin(hover?.mark ? hover : null);
      }
      endDrag();
    },
    onPointerCancel: endDrag,
    onPointerLeave() {
      if (dragFrom.current === null) {
        onHover(null);
      }
    },
    onDoubleClick() {
      onRange(full);
    },
    onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
      const command = commandOf(event);
      if (command) {
        event.preventDefault();
        event.stopPropagation();
        onCommand(command);
      }
    },
  };

  useEffect(() => {
    const element = lanesRef.current;
    if (element === null || wheelZoom === 'never') {
      return;
    }
    const onWheel = (event: WheelEvent) => {
      const zooms = event.ctrlKey || event.metaKey || (wheelZoom === 'always' && !event.shiftKey);
      const pans = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!zooms && !pans) {
        return;
      }
      event.preventDefault();
      const x = event.clientX - element.getBoundingClientRect().left;
      const visible = scale.toMs - scale.fromMs;
      const delta = event.deltaX || event.deltaY;
      onRange(
        zooms
          ? zoomed(scale, full, Math.exp(event.deltaY * 0.002), timeAt(scale, x) - scale.baseMs)
          : panned(scale, full, (delta / scale.widthPx) * visible)
      );
    };
    // React listens passively, and a passive listener cannot keep the page from scrolling.
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [lanesRef, wheelZoom, scale, full, onRange]);

  return handlers;
}

function xOfEvent(event: PointerEvent<HTMLDivElement>): number {
  return event.clientX - event.currentTarget.getBoundingClientRect().left;
}
