/**
 * Asking again and again for what nobody tells. Never twice at a time: a service that is slow would be asked ever more,
 * a browser has only a few connections to it, and an older answer could come after a newer one.
 */
import { useEffect, useRef } from "preact/hooks";

/** Looks one at a time: whoever asks while it looks gets what the next look sees. */
export function oneAtATime(look: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let waiting = false;
  const begin = () => {
    waiting = false;
    return look();
  };
  return () => {
    if (!waiting) last = last.then(begin, begin);
    waiting = true;
    return last;
  };
}

/** Looks so long after each look, while somebody may look at the page; and at once when somebody does again. */
export function useEvery(ms: number, look: () => Promise<void>, on = true): void {
  const latest = useRef(look);
  latest.current = look;
  useEffect(() => {
    if (!on) return;
    let gone = false;
    let timer = 0;
    const goOn = async () => {
      if (!document.hidden) await latest.current();
      clearTimeout(timer);
      if (!gone) timer = window.setTimeout(goOn, ms);
    };
    const onShown = () => {
      if (!document.hidden) void goOn();
    };
    timer = window.setTimeout(goOn, ms);
    document.addEventListener("visibilitychange", onShown);
    return () => {
      gone = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onShown);
    };
  }, [ms, on]);
}
