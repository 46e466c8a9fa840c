/**
 * Follows an event stream of the service for as long as the page is open, through restarts of the service and losses of
 * contact. Not by EventSource: that can neither send our header nor tell why it was refused.
 */
import { needLogin, pageHeader } from "./ask.ts";

export interface Follower {
  /** One event: its name, and what its data say. */
  readonly onEvent: (name: string, data: unknown) => void;
  /** Contact is there, told each time that it begins anew, as what is shown may be out of date; or it is gone. */
  readonly onContact: (contact: boolean) => void;
}

/** Milliseconds between tries: the first one, and the longest. */
const firstRetryMs = 500;
const longestRetryMs = 5_000;
/** The service says something at least every 15 s; without a word for so long it is taken to be gone. */
const silenceMs = 40_000;
/** A service that is there answers within this. */
const answerMs = 8_000;

/**
 * Follows until the signal aborts. While nobody looks at the page it does not: a browser has only a few connections to a
 * service for all the pages that are open.
 */
export async function follow(path: string, follower: Follower, signal: AbortSignal): Promise<void> {
  for (let retryMs = firstRetryMs; !signal.aborted; ) {
    await shown(signal);
    const heard = await listen(path, follower, signal);
    if (signal.aborted) return;
    if (heard === "login") {
      // The page asks for the password now, and follows anew when it has it.
      needLogin();
      return;
    }
    if (document.hidden) continue;
    // One that has spoken and was ended may be back at once: it was restarted, or the login was renewed.
    retryMs = heard === "events" ? firstRetryMs : Math.min(retryMs * 2, longestRetryMs);
    if (heard === "nothing") follower.onContact(false);
    await pause(retryMs, signal);
  }
}

async function listen(
  path: string,
  { onEvent, onContact }: Follower,
  signal: AbortSignal,
): Promise<"login" | "events" | "nothing"> {
  const connection = new AbortController();
  const stop = () => connection.abort();
  signal.addEventListener("abort", stop, { once: true });
  const stopHidden = () => document.hidden && stop();
  document.addEventListener("visibilitychange", stopHidden);
  let watchdog = setTimeout(stop, answerMs);
  let heard: "events" | "nothing" = "nothing";
  try {
    const response = await fetch(path, { headers: pageHeader, signal: connection.signal, cache: "no-store" });
    if (response.status === 401) return "login";
    if (!response.ok || response.body === null) return "nothing";
    if (!signal.aborted) onContact(true);
    heard = "events";
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ; ) {
      clearTimeout(watchdog);
      watchdog = setTimeout(stop, silenceMs);
      const { value, done } = await reader.read();
      if (done) return heard;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) dispatch(block, onEvent);
    }
  } catch {
    return heard;
  } finally {
    clearTimeout(watchdog);
    signal.removeEventListener("abort", stop);
    document.removeEventListener("visibilitychange", stopHidden);
    connection.abort();
  }
}

function dispatch(block: string, onEvent: Follower["onEvent"]): void {
  const field = (name: string) =>
    block
      .split("\n")
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field("data");
  if (data !== undefined) onEvent(field("event") ?? "message", JSON.parse(data));
}

/** Resolves while somebody may look at the page. */
function shown(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look, { once: true });
    look();
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
