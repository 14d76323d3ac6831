import { useEffect, useState } from 'react';

const PREFIX = '#/sessions/';

/** The trace ids in the address, so that a link leads to a session and Back leads away from it. At most two. */
export function useChosenSessions(): readonly [readonly string[], (ids: readonly string[]) => void] {
  const [ids, setIds] = useState(chosenIn(location.hash));
  useEffect(() => {
    const read = (): void => setIds(chosenIn(location.hash));
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);
  return [ids, (chosen) => location.assign(chosen.length === 0 ? '#/' : addressOf(chosen))];
}

export function addressOf(ids: readonly string[]): string {
  return PREFIX + ids.map(encodeURIComponent).join('/');
}

function chosenIn(hash: string): readonly string[] {
  return hash.startsWith(PREFIX) ? hash.slice(PREFIX.length).split('/').filter(Boolean).slice(0, 2).map(decoded) : [];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
