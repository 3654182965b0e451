import { useEffect, useState } from 'preact/hooks';
import type { Asked } from './api.ts';

const AGAIN_MS = 5_000;

export type Loaded<Result> = Asked<Result> | { readonly kind: 'loading' };

/**
 * Asks now, and again every few seconds while the page is seen.
 *
 * @param about what the answer depends on: another one is asked at once
 * @returns the last answer, and how to ask at once
 */
export function useAsked<Result>(
  ask: () => Promise<Asked<Result>>,
  about = '',
): readonly [Loaded<Result>, () => void] {
  const [loaded, setLoaded] = useState<Loaded<Result>>({ kind: 'loading' });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const current = { isOver: false, timer: 0 };
    const again = (): void => {
      if (document.hidden) current.timer = window.setTimeout(again, AGAIN_MS);
      else
        void ask().then((answer) => {
          if (current.isOver) return;
          setLoaded(answer);
          current.timer = window.setTimeout(again, AGAIN_MS);
        });
    };
    again();
    return () => {
      current.isOver = true;
      window.clearTimeout(current.timer);
    };
  }, [about, turn]);
  return [loaded, () => setTurn((before) => before + 1)];
}
