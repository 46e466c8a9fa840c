/** Our external Registrar as a subscriber: of routers that grant nonsense, tell nonsense, or fall silent; and who else asks. */
import { createConnection, createServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock as clock } from "../../src/clock/system-clock.ts";
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import { meetRouter } from "../../src/upnp/router.ts";
import { type RouterEvent, type Subscription, subscribe } from "../../src/upnp/subscription.ts";
import { composeWlanEvent } from "../../src/upnp/wlan-event.ts";
import { mac } from "../interop/radius-station.ts";
import { must } from "../vectors.ts";
import { type Answer, type Play, PlayedRouter, sid } from "./played-router.ts";

const open: PlayedRouter[] = [];
afterEach(async () => {
  for (const router of open.splice(0)) await router.close();
});

async function subscribed(play: Play = {}, by = clock as typeof clock | VirtualClock) {
  const played = await PlayedRouter.open(play);
  open.push(played);
  const router = must(await meetRouter(played.location, { clock }));
  return { played, router, subscribing: subscribe({ router, clock: by }) };
}

async function heardBy({ events, close }: Subscription): Promise<readonly RouterEvent[]> {
  await close();
  const heard: RouterEvent[] = [];
  for await (const one of events) heard.push(one);
  return heard;
}

const station = mac("02:00:00:00:05:01");
const event = composeWlanEvent({ type: "message", station, bytes: Uint8Array.of(1) });
const SUBSCRIBED = { status: 200, headers: { SID: sid } };

describe("a subscription", () => {
  test.for([
    ["without SID", { status: 200 }, { kind: "badAnswer", action: "subscription" }],
    [
      "with a SID that has no UUID",
      { status: 200, headers: { SID: "1" } },
      { kind: "badAnswer", action: "subscription" },
    ],
    [
      "with a SID that has a bad UUID",
      { status: 200, headers: { SID: "uuid:1" } },
      { kind: "badAnswer", action: "subscription" },
    ],
    ["that is declined", { status: 500 }, { kind: "declined", action: "subscription", code: 500 }],
    ["that is cut off", "cut", { kind: "unreachable" }],
  ] as const)("%s is none", async ([, subscription, error]) => {
    const { subscribing } = await subscribed({ subscription });
    expect(await subscribing).toMatchObject({ ok: false, error });
  });

  test.for([
    ["said", "Second-600", 300],
    ["not said", null, 900],
    ["infinite", "Second-infinite", 900],
    ["nonsense", "600 seconds", 900],
    ["too short to keep up with", "Second-1", 30],
  ] as const)("whose end is %s is renewed after %j: in %i s", async ([, timeout, seconds]) => {
    const virtual = new VirtualClock();
    const subscription = { status: 200, headers: { SID: sid, ...(timeout === null ? {} : { TIMEOUT: timeout }) } };
    const { played, subscribing } = await subscribed({ subscription }, virtual);
    const { close } = must(await subscribing);
    await virtual.advance(seconds * 1000 - 1);
    expect(played.methods.filter((method) => method === "SUBSCRIBE")).toHaveLength(1);
    await virtual.advance(1);
    await expect.poll(() => played.methods.filter((method) => method === "SUBSCRIBE").length).toBe(2);
    await close();
  });

  test("that is not renewed ends with an event that says so", async () => {
    const virtual = new VirtualClock();
    const { subscribing } = await subscribed({ subscription: SUBSCRIBED, renewal: { status: 412 } }, virtual);
    const { events, close } = must(await subscribing);
    await virtual.advance(900_000);
    const heard: RouterEvent[] = [];
    for await (const one of events) heard.push(one);
    expect(heard).toEqual([{ type: "ended", fault: { kind: "declined", action: "subscription", code: 412 } }]);
    await close();
  });

  test("outlives a renewal that gets lost, and ends with its time where all of them do", async () => {
    const virtual = new VirtualClock();
    let renewal: Answer = "cut";
    const play = {
      get renewal() {
        return renewal;
      },
    };
    const { played, subscribing } = await subscribed(play, virtual);
    const { events, close } = must(await subscribing);
    const begin = virtual.now();
    const heard: RouterEvent[] = [];
    const reading = (async () => {
      for await (const one of events) heard.push(one);
    })();
    const asked = () => played.methods.filter((method) => method === "SUBSCRIBE").length;
    const minutesUntil = (count: number) =>
      expect
        .poll(async () => {
          await virtual.advance(60_000);
          return asked();
        })
        .toBeGreaterThanOrEqual(count);
    await minutesUntil(3);
    renewal = SUBSCRIBED;
    await minutesUntil(4);
    expect(heard).toEqual([]);
    // Until here it has been renewed within the 1801 seconds that it was granted for.
    expect(virtual.now() - begin).toBeLessThan(1_801_000);
    renewal = "cut";
    await expect
      .poll(
        async () => {
          await virtual.advance(60_000);
          return heard.length;
        },
        { timeout: 10_000 },
      )
      .toBe(1);
    expect(heard).toMatchObject([{ type: "ended", fault: { kind: "unreachable" } }]);
    await Promise.all([reading, close()]);
  });

  test.for([
    ["an error", { status: 500 }],
    ["a connection that is cut", "cut"],
  ] as const)("is over when it is left, also where leaving is answered by %s", async ([, leaving]) => {
    const { played, subscribing } = await subscribed({ leaving });
    const { events, close } = must(await subscribing);
    await Promise.all([close(), close()]);
    expect(played.methods.filter((method) => method === "UNSUBSCRIBE")).toHaveLength(1);
    for await (const one of events) expect(one).toBeUndefined();
  });

  test("is over five seconds after it is left where leaving is not answered at all", async () => {
    const virtual = new VirtualClock();
    const { played, subscribing } = await subscribed({ leaving: "silence" }, virtual);
    const { close } = must(await subscribing);
    const left = close();
    await expect.poll(() => played.methods.at(-1)).toBe("UNSUBSCRIBE");
    await virtual.advance(5_000);
    await left;
  });

  test("that is answered by what is no HTTP is none", async () => {
    const { router } = await subscribed();
    const server = createServer((socket) => socket.end("nonsense\r\n\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const events = new URL(`http://127.0.0.1:${port}/event`);
    expect(await subscribe({ router: { ...router, events } })).toEqual({ ok: false, error: { kind: "notHttp" } });
    server.close();
  });
});

describe("events", () => {
  test("are believed only under the name of the subscription, in order, and once", async () => {
    const { played, subscribing } = await subscribed();
    const subscription = must(await subscribing);
    const statuses = async (...headers: readonly Record<string, string>[]) => {
      const answers = [];
      for (const one of headers) answers.push(must(await played.notify(event, one)).status);
      return answers;
    };
    expect(
      await statuses(
        { SID: "uuid:00000000-0000-0000-0000-000000000000" },
        { SID: "" },
        { NT: "other" },
        { NTS: "upnp:other" },
        { SEQ: "-1" },
        { SEQ: "4294967296" },
        { SEQ: "one" },
        { SID: sid, SEQ: "0" },
      ),
    ).toEqual([412, 412, 412, 412, 412, 412, 412, 200]);
    // The second comes twice, the third not at all, and the count begins again at 1.
    expect(await statuses({ SEQ: "1" }, { SEQ: "1" }, { SEQ: "3" })).toEqual([200, 200, 200]);
    expect(await statuses({ SEQ: "4294967295" }, { SEQ: "1" })).toEqual([200, 200]);
    expect((await heardBy(subscription)).map(({ type }) => type)).toEqual([
      ...["message", "gap", "message", "gap", "message", "message"],
    ]);
    expect(played.methods.at(-1)).toBe("UNSUBSCRIBE");
  });

  test("that come before the answer to the subscription wait for it", async () => {
    const later = { SID: sid, SEQ: "1" };
    const early = async (played: PlayedRouter) => {
      await played.notify(event);
      await played.notify(event, { ...later, SID: "uuid:00000000-0000-0000-0000-000000000000" });
      await played.notify(event, later);
    };
    const { subscribing } = await subscribed({ subscription: SUBSCRIBED, beforeSubscribed: early });
    expect(await heardBy(must(await subscribing))).toMatchObject([{ type: "message", station }]);
  });

  test.for([
    ["a body that is no XML", { body: "nonsense" }, 400],
    ["a body of other XML", { body: "<a><property/></a>" }, 400],
    ["a body that is too long", { body: " ".repeat(40_000) }, 413],
    ["another method", { method: "GET" }, 405],
    ["another path", { path: "/event/" }, 404],
    ["another path of the same length", { path: `/event/${"0".repeat(32)}` }, 404],
  ] as const)("with %s are answered by an error, and tell nothing", async ([, odd, status]) => {
    const { played, subscribing } = await subscribed();
    const subscription = must(await subscribing);
    const { host, port, pathname } = played.callback ?? new URL("http://127.0.0.1");
    const { method = "NOTIFY", path = pathname, body = "" } = odd as { method?: string; path?: string; body?: string };
    const said = await say(
      port,
      `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nNT: upnp:event\r\nNTS: upnp:propchange\r\nSID: ${sid}\r\n` +
        `SEQ: 0\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(said).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(await heardBy(subscription)).toEqual([]);
  });

  test.for([
    ["nonsense", "\u0000 nonsense\r\n\r\n", /^HTTP\/1\.1 400 /],
    ["headers without end", `NOTIFY / HTTP/1.1\r\n${"A: b\r\n".repeat(20_000)}`, /^HTTP\/1\.1 431 |^$/],
    [
      "a body with two lengths",
      "NOTIFY / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      /^HTTP\/1\.1 400 /,
    ],
  ] as const)("that are %s close the connection, and the next one is heard", async ([, text, answer]) => {
    const { played, subscribing } = await subscribed();
    const subscription = must(await subscribing);
    expect(await say(played.callback?.port ?? "", text)).toMatch(answer);
    await played.notify(event);
    await played.notify(event);
    expect(await heardBy(subscription)).toMatchObject([{ type: "message" }]);
  });

  test("from any other address than the router's are not even read", async () => {
    const { played, subscribing } = await subscribed();
    const subscription = must(await subscribing);
    expect(await say(played.callback?.port ?? "", "NOTIFY / HTTP/1.1\r\n\r\n", "127.0.0.2")).toBe("");
    await subscription.close();
  });
});

/** What is said back until the connection is closed. */
function say(port: string, text: string, from = "127.0.0.1"): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket = createConnection({ host: "127.0.0.1", port: Number(port), localAddress: from }, () =>
      socket.write(text),
    );
    socket.setEncoding("latin1").on("data", (piece: string) => {
      said += piece;
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(said));
  });
}
