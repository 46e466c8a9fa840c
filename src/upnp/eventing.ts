/**
 * Requests to subscribe and to leave, as they come in (UPnP Device Architecture 1.0, 4.1). Whoever subscribes is told at
 * its own address and nowhere else: no request makes us send anything to somebody who did not ask (CVE-2020-12695).
 */
import { readCallbacks, readSid } from "./gena.ts";
import { readHttpUrl } from "./http-client.ts";
import { GRANTED_SECONDS, type Publisher } from "./publisher.ts";

export interface EventingRequest {
  readonly method: "SUBSCRIBE" | "UNSUBSCRIBE";
  /** Null where there is none. */
  readonly nt: string | null;
  readonly callback: string | null;
  readonly sid: string | null;
  /** The numeric address of the one who asks. */
  readonly from: string;
}

export interface EventingAnswer {
  readonly status: 200 | 400 | 412 | 503;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is to be done once the answer is out: the first event must not overtake it. */
  readonly after?: () => void;
}

export function handleEventing(request: EventingRequest, publisher: Publisher): EventingAnswer {
  const { method, nt, callback, from } = request;
  if (request.sid === null) return method === "SUBSCRIBE" ? subscribe(request, publisher) : { status: 412 };
  if (nt !== null || callback !== null) return { status: 400 };
  const sid = readSid(request.sid);
  if (sid === null) return { status: 412 };
  if (method === "UNSUBSCRIBE") return { status: publisher.unsubscribe(sid, from) ? 200 : 412 };
  return publisher.renew(sid, from) ? granted(sid) : { status: 412 };
}

function subscribe({ nt, callback, from }: EventingRequest, publisher: Publisher): EventingAnswer {
  const callbacks = callbacksAt(from, callback ?? "");
  if (nt !== "upnp:event" || callbacks.length === 0) return { status: 412 };
  const subscriber = publisher.subscribe(from, callbacks);
  return subscriber === null ? { status: 503 } : { ...granted(subscriber.sid), after: () => subscriber.start() };
}

/** A Registrar with several addresses may name them all; only the one that it asks from is known to be its own. */
function callbacksAt(address: string, header: string): readonly URL[] {
  return (readCallbacks(header) ?? []).flatMap((text) => {
    const url = readHttpUrl(text);
    return url?.hostname === address ? [url] : [];
  });
}

function granted(sid: string): EventingAnswer {
  return { status: 200, headers: { SID: sid, TIMEOUT: `Second-${GRANTED_SECONDS}` } };
}
