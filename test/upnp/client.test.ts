/** Our external Registrar with routers that do not behave, and a whole enrolment with a station of our own. */
import { afterEach, describe, expect, test } from "vitest";
import { systemClock as clock } from "../../src/clock/system-clock.ts";
import { fromBase64 } from "../../src/upnp/base64.ts";
import { composeDescription } from "../../src/upnp/description.ts";
import { type EnrolEvent, enrol } from "../../src/upnp/enrol.ts";
import { opCodeOf } from "../../src/upnp/op-code.ts";
import { deviceInfo, meetRouter } from "../../src/upnp/router.ts";
import { readSelection } from "../../src/upnp/selected-registrar.ts";
import { composeAnswer } from "../../src/upnp/soap.ts";
import { type RouterEvent, subscribe } from "../../src/upnp/subscription.ts";
import { composeWlanEvent } from "../../src/upnp/wlan-event.ts";
import { systemRandom as random } from "../../src/wsc/crypto.ts";
import { pushButtonPassword } from "../../src/wsc/pin.ts";
import { drawEnrollee, type EnrolleeState, openEnrollee, stepEnrollee } from "../../src/wsc/session/enrollee.ts";
import { credentials } from "../engine-pair.ts";
import { deviceOf, mac } from "../interop/radius-station.ts";
import { must } from "../vectors.ts";
import { description, type Play, PlayedRouter, sid } from "./played-router.ts";

const open: PlayedRouter[] = [];
async function routerThat(play: Play = {}): Promise<PlayedRouter> {
  const router = await PlayedRouter.open(play);
  open.push(router);
  return router;
}
afterEach(async () => {
  for (const router of open.splice(0)) await router.close();
});

const good = composeDescription(description);

describe("a description", () => {
  test.for([
    ["that is no XML", "<root><device>", { kind: "badDescription", fault: "notXml" }],
    ["without a device", "<root></root>", { kind: "badDescription", fault: "noDevice" }],
    [
      "without a device type",
      good.replace(/<deviceType>.*<\/deviceType>/, ""),
      { kind: "badDescription", fault: "otherDevice" },
    ],
    ["with a UDN that is no UUID", good.replace(/uuid:[^<]*/, "uuid:1"), { kind: "badDescription", fault: "noUuid" }],
    [
      "without controlURL",
      good.replace(/<controlURL>.*<\/controlURL>/, ""),
      { kind: "badDescription", fault: "noUrl" },
    ],
    [
      "without eventSubURL",
      good.replace(/<eventSubURL>.*<\/eventSubURL>/, ""),
      { kind: "badDescription", fault: "noUrl" },
    ],
    [
      "with a controlURL that has a name",
      good.replace(">control<", ">http://router.example/c<"),
      { kind: "badUrl", url: "http://router.example/c" },
    ],
    [
      "with an eventSubURL that has a name",
      good.replace(">event<", ">http://router.example/e<"),
      { kind: "badUrl", url: "http://router.example/e" },
    ],
    [
      "that sends us to another host",
      good.replace(">control<", ">http://127.0.0.2/c<"),
      { kind: "badUrl", url: "http://127.0.0.2/c" },
    ],
    ["that declares entities", `<!DOCTYPE a [<!ENTITY b "c">]>${good}`, { kind: "badDescription", fault: "notXml" }],
    ["that is too long", good + " ".repeat(40_000), { kind: "answerTooLong" }],
  ] as const)("%s is refused", async ([, document, error]) => {
    const router = await routerThat({ document });
    expect(await meetRouter(router.location, { clock })).toEqual({ ok: false, error });
    expect(router.methods).toEqual(["GET"]);
  });
});

describe("a subscription", () => {
  test.for([
    ["without SID", 200, {}, { kind: "badAnswer", action: "subscription" }],
    ["with a SID that has no UUID", 200, { SID: "1" }, { kind: "badAnswer", action: "subscription" }],
    ["with a SID that has a bad UUID", 200, { SID: "uuid:1" }, { kind: "badAnswer", action: "subscription" }],
    ["that is declined", 500, {}, { kind: "declined", action: "subscription", code: 500 }],
  ] as const)("%s is none", async ([, status, headers, error]) => {
    const played = await routerThat({ subscription: { status, headers } });
    const router = must(await meetRouter(played.location, { clock }));
    expect(await subscribe({ router, clock, random })).toEqual({ ok: false, error });
  });

  test("believes only what comes under its name, and in order", async () => {
    const played = await routerThat();
    const router = must(await meetRouter(played.location, { clock }));
    const subscription = must(await subscribe({ router, clock, random }));
    const station = mac("02:00:00:00:05:01");
    const event = composeWlanEvent({ type: "message", station, bytes: Uint8Array.of(1) });
    const statuses = async (...headers: readonly Record<string, string>[]) => {
      const answers = [];
      for (const one of headers) answers.push(must(await played.notify(event, one)).status);
      return answers;
    };
    expect(
      await statuses(
        { SID: "uuid:00000000-0000-0000-0000-000000000000" },
        { NT: "other" },
        { SEQ: "-1" },
        { SID: sid, SEQ: "0" },
      ),
    ).toEqual([412, 412, 412, 200]);
    // The second comes twice, the third not at all.
    expect(await statuses({ SEQ: "1" }, { SEQ: "1" }, { SEQ: "3" })).toEqual([200, 200, 200]);
    await subscription.close();
    const heard: RouterEvent[] = [];
    for await (const one of subscription.events) heard.push(one);
    expect(heard.map(({ type }) => type)).toEqual(["message", "gap", "message"]);
    expect(played.methods.at(-1)).toBe("UNSUBSCRIBE");
  });
});

describe("an action", () => {
  test.for([
    ["by something that is no SOAP", "<a/>", { kind: "badAnswer", action: "GetDeviceInfo" }],
    [
      "for another action",
      composeAnswer({ action: "PutMessage", values: new Map() }),
      { kind: "badAnswer", action: "GetDeviceInfo" },
    ],
    [
      "by what is no base64",
      composeAnswer({ action: "GetDeviceInfo", values: new Map([["NewDeviceInfo", "?"]]) }),
      { kind: "badAnswer", action: "GetDeviceInfo" },
    ],
  ] as const)("answered %s is not answered", async ([, body, error]) => {
    const played = await routerThat({ onCall: async () => ({ status: 200, body }) });
    const router = must(await meetRouter(played.location, { clock }));
    expect(await deviceInfo(router, { clock })).toEqual({ ok: false, error });
  });
});

describe("a device", () => {
  test("is let in by its button, through a router that only passes messages on", async () => {
    const station = mac("02:00:00:00:05:02");
    let state: EnrolleeState | null = null;
    let selections: (boolean | null)[] = [];
    const tell = (bytes: Uint8Array) => played.notify(composeWlanEvent({ type: "message", station, bytes }));
    const played = await routerThat({
      onCall: async ({ action, values }) => {
        const bytes = fromBase64(values.get("NewMessage") ?? "") ?? new Uint8Array();
        if (action === "SetSelectedRegistrar")
          selections = [...selections, must(readSelection(bytes)).selected !== null];
        if (action === "PutWLANResponse" && state !== null) {
          const step = stepEnrollee(state, { opCode: opCodeOf(bytes), bytes });
          state = step.state;
          if (step.send !== null) void tell(step.send.bytes);
        }
        return { status: 200, body: composeAnswer({ action, values: new Map() }) };
      },
    });
    const router = must(await meetRouter(played.location, { clock }));
    const [network] = credentials;
    if (network === undefined) throw new Error("expected a network");
    const events: EnrolEvent[] = [];
    const device = deviceOf(mac("02:00:00:00:00:ef"));
    for await (const event of enrol({ router, device, method: { type: "pushButton" }, network, clock, random })) {
      events.push(event);
      if (event.type !== "waiting") continue;
      await played.notify(composeWlanEvent({ type: "message", station, bytes: new Uint8Array() }));
      const m1 = openEnrollee({ device: deviceOf(station), password: pushButtonPassword }, drawEnrollee(random));
      state = m1.state;
      if (m1.send !== null) await tell(m1.send.bytes);
    }
    expect(events.at(-1)).toMatchObject({ type: "enrolled", enrollee: { macAddress: station } });
    expect(state).toMatchObject({ name: "paired" });
    expect(selections).toEqual([true, false]);
  });
});
