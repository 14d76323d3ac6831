import { type RefObject, useEffect, useState } from 'react';

/** How often fonts of the page have arrived: what was drawn on a canvas before has the wrong letters and must be drawn again. */
export function useFontLoads(ref: RefObject<HTMLElement | null>): number {
  const [loads, setLoads] = useState(0);
  useEffect(() => {
    // Absent where no page is shown.
    const fonts: FontFaceSet | undefined = ref.current?.ownerDocument.fonts;
    const onLoad = () => setLoads((before) => before + 1);
    fonts?.addEventListener('loadingdone', onLoad);
    return () => fonts?.removeEventListener('loadingdone', onLoad);
  }, [ref]);
  return loads;
}
