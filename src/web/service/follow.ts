/**
 * Follows an event stream of the service for as long as the page is open, through restarts of the service and losses of
 * contact, so that nothing out of date is shown for more than a few seconds without a word. Not by EventSource: that can
 * neither send our header nor tell why it was refused, and does not notice a service that has fallen silent.
 */
import { loginNow, pageHeader, refusedUnder } from "./ask.ts";

export interface Follower {
  /** One event: its name, and what its data say. */
  readonly onEvent: (name: string, data: unknown) => void;
  /** Contact is there, told each time that it begins anew, as what is shown may be out of date; or it is gone. */
  readonly onContact: (contact: boolean) => void;
}

/** Milliseconds between tries: after the first one, and the longest. */
const firstRetryMs = 500;
const longestRetryMs = 4_000;
/**
 * A service that is there answers within this. One that is there but very busy takes longer, and would never be heard if
 * it were given up each time: each try waits twice as long as the one before it.
 */
const firstPatienceMs = 4_000;
const longestPatienceMs = 32_000;
/** The service says something at least every 3 s; without a word for so long it is taken to be gone. */
const silenceMs = 8_000;

/**
 * Why a try is over: the password has to be given (again); the stream was ended, as by a service that stops or when its
 * login is over; nobody has said anything for too long; there was no answer, or none that is a stream; or nobody looks.
 */
type End = "login" | "ended" | "silent" | "unanswered" | "hidden";

/**
 * Follows until the signal aborts. While nobody looks at the page it does not: a browser has only a few connections to a
 * service for all the pages that are open.
 */
export async function follow(path: string, follower: Follower, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    await shown(signal);
    const login = loginNow();
    const end = await listen(path, follower, Math.min(firstPatienceMs * 2 ** failures, longestPatienceMs), signal);
    if (signal.aborted) return;
    switch (end) {
      case "login":
        if (await refusedUnder(login)) break;
        // The page asks for the password now, and follows anew when it has it.
        return;
      case "hidden":
        break;
      case "ended":
        // It may be back at once.
        failures = 0;
        await pause(firstRetryMs, signal);
        break;
      case "silent":
        failures = 0;
        follower.onContact(false);
        break;
      case "unanswered":
        follower.onContact(false);
        await pause(Math.min(firstRetryMs * 2 ** failures, longestRetryMs), signal);
        failures++;
    }
  }
}

async function listen(
  path: string,
  { onEvent, onContact }: Follower,
  patienceMs: number,
  signal: AbortSignal,
): Promise<End> {
  const connection = new AbortController();
  let end: End = "unanswered";
  const stop = () => connection.abort();
  const stopHidden = () => {
    if (!document.hidden) return;
    end = "hidden";
    stop();
  };
  signal.addEventListener("abort", stop, { once: true });
  document.addEventListener("visibilitychange", stopHidden);
  let watchdog = setTimeout(stop, patienceMs);
  const heard = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => {
      end = "silent";
      stop();
    }, silenceMs);
  };
  try {
    const response = await fetch(path, { headers: pageHeader, signal: connection.signal, cache: "no-store" });
    if (response.status === 401) return "login";
    if (!response.ok || response.body === null) return "unanswered";
    end = "ended";
    onContact(true);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ; ) {
      heard();
      const { value, done } = await reader.read();
      if (done) return "ended";
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) dispatch(block, onEvent);
    }
  } catch {
    return end;
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
  return until(signal, (resolve, over) => {
    const look = () => {
      if (!document.hidden) resolve();
    };
    document.addEventListener("visibilitychange", look, { signal: over });
    look();
  });
}

/** Resolves after so long, or as soon as the machine has a network again. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return until(signal, (resolve, over) => {
    const timer = setTimeout(resolve, ms);
    over.addEventListener("abort", () => clearTimeout(timer), { once: true });
    window.addEventListener("online", resolve, { signal: over });
  });
}

/** Resolves when what is begun says so, or the signal aborts; and ends what was begun. */
function until(signal: AbortSignal, begin: (resolve: () => void, over: AbortSignal) => void): Promise<void> {
  const over = new AbortController();
  return new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { signal: over.signal });
    begin(resolve, over.signal);
    if (signal.aborted) resolve();
  }).finally(() => over.abort());
}
