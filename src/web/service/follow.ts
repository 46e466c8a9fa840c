/**
 * Follows an event stream of the service for as long as the page is open, through restarts of the service and losses of
 * contact. Not by EventSource: that can neither send our header nor tell why it was refused.
 */
import { needLogin, pageHeader } from "./ask.ts";

export interface Follower {
  /** One event: its name, and what its data say. */
  readonly onEvent: (name: string, data: unknown) => void;
  /** Contact is there, or gone; told at each change. After it is back, what is shown may be out of date. */
  readonly onContact: (contact: boolean) => void;
}

/** Milliseconds between tries: the first one, and the longest. */
const firstRetryMs = 500;
const longestRetryMs = 5_000;
/** The service says something at least every 15 s; without a word for so long it is taken to be gone. */
const silenceMs = 40_000;
/** A service that is there answers within this. */
const answerMs = 8_000;

/** Follows until the signal aborts. */
export async function follow(path: string, follower: Follower, signal: AbortSignal): Promise<void> {
  let contact: boolean | null = null;
  const tell = (now: boolean) => {
    if (now !== contact && !signal.aborted) follower.onContact(now);
    contact = now;
  };
  for (let retryMs = firstRetryMs; !signal.aborted; ) {
    const heard = await listen(path, follower, tell, signal);
    if (signal.aborted) return;
    if (heard === "login") {
      // The page asks for the password now, and follows anew when it has it.
      needLogin();
      return;
    }
    // One that has spoken and was ended may be back at once: it was restarted, or the login was renewed.
    retryMs = heard === "events" ? firstRetryMs : Math.min(retryMs * 2, longestRetryMs);
    if (heard === "nothing") tell(false);
    await pause(retryMs, signal);
  }
}

async function listen(
  path: string,
  { onEvent }: Follower,
  tell: (contact: boolean) => void,
  signal: AbortSignal,
): Promise<"login" | "events" | "nothing"> {
  const connection = new AbortController();
  const stop = () => connection.abort();
  signal.addEventListener("abort", stop, { once: true });
  let watchdog = setTimeout(stop, answerMs);
  let heard: "events" | "nothing" = "nothing";
  try {
    const response = await fetch(path, { headers: pageHeader, signal: connection.signal, cache: "no-store" });
    if (response.status === 401) return "login";
    if (!response.ok || response.body === null) return "nothing";
    tell(true);
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
