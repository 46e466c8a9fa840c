/**
 * `/api/v1/wifi/wps`: starts, shows, streams and cancels a pairing. What a pairing is, and when one may start, is
 * decided by the station; here requests become calls and outcomes become answers.
 */
import type { FastifyRequest } from "fastify";
import { Type } from "../schema/type.ts";
import type { PairingSession } from "../station/session.ts";
import type { Station } from "../station/station.ts";
import { parseMacAddress } from "../wsc/address.ts";
import type { App } from "./app.ts";
import { refuseBusy } from "./busy.ts";
import { bodyFaults, refusals, refuse } from "./errors.ts";
import { cameOver, type EthernetLink } from "./ethernet.ts";
import { type EventStreams, eventStream } from "./event-stream.ts";
import { noContent, sendNoContent } from "./no-content.ts";
import { optionalBody } from "./optional-body.ts";
import { readPin } from "./read-pin.ts";
import { apiMac } from "./wifi-forms.ts";

const path = "/api/v1/wifi/wps";

const StartBody = Type.Object(
  {
    method: Type.Optional(Type.Enum(["pbc", "pin"], { description: "pbc, push button, without it" })),
    pin: Type.Optional(Type.String({ description: "With method pin: the PIN to use; one is generated without it" })),
    bssid: Type.Optional(Type.String({ description: "Pair with this access point only" })),
  },
  { additionalProperties: false },
);

const text = Type.Union([Type.String(), Type.Null()]);
const oneOf = <const T extends string>(...values: readonly T[]) => Type.Union([Type.Enum([...values]), Type.Null()]);

/** The session, field for field as the station tells it; only the address is in the API's form. */
const Session = Type.Object({
  active: Type.Boolean(),
  method: oneOf("pbc", "pin"),
  phase: oneOf("searching", "associating", "exchanging", "connecting", "addressing", "ended"),
  message: text,
  peer: Type.Union([Type.Object({ bssid: Type.String(), ssid: text, name: text }), Type.Null()]),
  secondsLeft: Type.Integer(),
  result: oneOf("success", "timeout", "overlap", "failed", "cancelled"),
  reason: text,
  hint: text,
  hintKey: Type.Union([Type.String(), Type.Null()], { description: "A stable key for the hint" }),
});

/** Adds the endpoints. @param ethernet tells whether a request came in by the network cable */
export function wpsApi(app: App, station: Station, streams: EventStreams, ethernet: () => Promise<EthernetLink>): void {
  const start = {
    summary: "Start pairing: for two minutes, by push button or PIN",
    body: StartBody,
    response: {
      200: Type.Object({ pin: Type.String({ description: "Made up, to be entered at the access point" }) }),
      204: noContent,
      ...refusals(
        ...bodyFaults,
        ...(["bad-pin", "wrong-check-digit", "bad-bssid"] as const),
        ...(["busy", "radio-gone", "radio-refused", "not-stored"] as const),
      ),
    },
  };
  app.post(path, { schema: start, preValidation: optionalBody }, async (request, reply) => {
    const { method = "pbc", pin: pinText, bssid: bssidText } = request.body;
    if (method === "pbc" && pinText !== undefined)
      return refuse(reply, "bad-value", 'A PIN goes with "method": "pin"; push button has none.');
    const pin = pinText === undefined ? null : readPin(pinText);
    if (pin?.ok === false) return refuse(reply, pin.error.key, pin.error.message);
    const bssid = bssidText === undefined ? undefined : parseMacAddress(bssidText);
    if (bssid === null)
      return refuse(reply, "bad-bssid", "The bssid must be 12 hex digits, with or without colons between the pairs.");

    const started = await station.startPairing(
      method === "pbc" ? { method } : { method, ...(pin === null ? {} : { pin: pin.value }) },
      { bssid, overEthernet: await overEthernet(request, ethernet) },
    );
    if (!started.ok && started.error === "closing")
      return refuse(reply, "closing", "The service is being stopped. Start it again, then pair.");
    if (!started.ok) return refuseBusy(reply);
    // A PIN that was generated has to be shown to a person; one that came with the request is known to whoever sent it.
    if (pin === null && started.pin !== null) return { pin: started.pin };
    return sendNoContent(reply);
  });

  const show = { summary: "The pairing under way, or the last one", response: { 200: Session, ...refusals() } };
  app.get(path, { schema: show }, async () => sessionBody(station.session()));

  const cancel = {
    summary: "Cancel the pairing; the device returns to what it was",
    response: { 204: noContent, ...refusals() },
  };
  app.delete(path, { schema: cancel }, async (_request, reply) => {
    await station.cancelPairing();
    return sendNoContent(reply);
  });

  const watch = {
    summary: "The pairing as server-sent events named session, one at each change",
    response: {
      200: eventStream("The data of each event is a session as GET tells it"),
      ...refusals("too-many-streams"),
    },
  };
  app.get(`${path}/events`, { schema: watch, exposeHeadRoute: false }, (_request, reply) =>
    streams.send(reply, { name: "session", open: (signal) => sessionBodies(station.sessions({ signal })), backlog: 1 }),
  );
}

/** Whether the request came to an address of the wired interface. */
async function overEthernet(request: FastifyRequest, ethernet: () => Promise<EthernetLink>): Promise<boolean> {
  return cameOver(request.socket.localAddress, await ethernet(), null) === "ethernet";
}

function sessionBody(session: PairingSession): PairingSession {
  const { peer } = session;
  return { ...session, peer: peer === null ? null : { ...peer, bssid: apiMac(peer.bssid) } };
}

async function* sessionBodies(sessions: AsyncIterable<PairingSession>): AsyncGenerator<PairingSession> {
  for await (const session of sessions) yield sessionBody(session);
}
