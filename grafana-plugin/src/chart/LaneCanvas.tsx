import React, { useLayoutEffect, useRef } from 'react';
import { laneTops, paint, type Painting } from './paint';
import { useFontLoads } from './use-font-loads';

/** All lanes of a session on one canvas, sharp on every screen. */
export const LaneCanvas = React.memo(function LaneCanvas({ lanes, scale, ticks, palette, highlighted }: Painting) {
  const ref = useRef<HTMLCanvasElement>(null);
  const { height } = laneTops(lanes);
  const fontLoads = useFontLoads(ref);
  useLayoutEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) {
      return;
    }
    const ratio = canvas.ownerDocument.defaultView?.devicePixelRatio ?? 1;
    const [width, tall] = [Math.round(scale.widthPx * ratio), Math.round(height * ratio)];
    if (canvas.width !== width || canvas.height !== tall) {
      canvas.width = width;
      canvas.height = tall;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(context, { lanes, scale, ticks, palette, highlighted });
  }, [lanes, scale, ticks, palette, highlighted, height, fontLoads]);
  return <canvas ref={ref} aria-hidden="true" style={{ display: 'block', width: scale.widthPx, height }} />;
});
