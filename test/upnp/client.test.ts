/** Our external Registrar with routers that do not behave: what they say of themselves, and how they answer. */
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock as clock } from "../../src/clock/system-clock.ts";
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import { toBase64 } from "../../src/upnp/base64.ts";
import { composeDescription } from "../../src/upnp/description.ts";
import { enrol } from "../../src/upnp/enrol.ts";
import { ask } from "../../src/upnp/http-client.ts";
import { deviceInfo, meetRouter } from "../../src/upnp/router.ts";
import { routerState } from "../../src/upnp/router-state.ts";
import { learn } from "../../src/upnp/settings-run.ts";
import { composeAnswer } from "../../src/upnp/soap.ts";
import { composeWlanEvent } from "../../src/upnp/wlan-event.ts";
import { fastClock } from "../fast-clock.ts";
import { mac } from "../interop/radius-station.ts";
import { must } from "../vectors.ts";
import { network, PlayedHome, pin } from "./played-home.ts";
import { description, type Play, PlayedRouter } from "./played-router.ts";

const open: { close(): unknown }[] = [];
async function routerThat(play: Play = {}): Promise<PlayedRouter> {
  const router = await PlayedRouter.open(play);
  open.push(router);
  return router;
}
const met = async (played: PlayedRouter) => must(await meetRouter(played.location, { clock }));
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
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

describe("an address that a description names", () => {
  test.for([
    ["relative", "control", "/control"],
    ["from the root", "/upnp/control/WFAWLANConfig1", "/upnp/control/WFAWLANConfig1"],
    ["with a way up and a query", "../up/control?a=1", "/up/control?a=1"],
    ["of nothing but a query", "?control", "/device.xml?control"],
  ] as const)("%s is the router's own", async ([, url, path]) => {
    const router = await met(await routerThat({ document: good.replace(">control<", `>${url}<`) }));
    expect(`${router.control.pathname}${router.control.search}`).toBe(path);
    expect(router.control.host).toBe(router.location.host);
  });

  test.for([
    "https://127.0.0.1/c",
    "ftp://127.0.0.1/c",
    "//127.0.0.2/c",
    "http://localhost/c",
    "http://user:password@127.0.0.1/c",
    "http://[::1]/c",
    "http://127.0.0.1:99999/c",
    "http:///c",
    "javascript:alert(1)",
    "file:///etc/passwd",
  ])("%s is not asked", async (url) => {
    const played = await routerThat({ document: good.replace(">control<", `>${url}<`) });
    expect(await meetRouter(played.location, { clock })).toEqual({ ok: false, error: { kind: "badUrl", url } });
    expect(played.methods).toEqual(["GET"]);
  });

  test("is read anew each time that the router is met", async () => {
    const documents = [good, good.replace("Played router", "Renamed").replace(">control<", ">elsewhere<")];
    const played = await routerThat({ describe: () => documents.shift() ?? "" });
    expect((await met(played)).description.friendlyName).toBe("Played router");
    expect(await met(played)).toMatchObject({
      description: { friendlyName: "Renamed" },
      control: { pathname: "/elsewhere" },
    });
  });
});

/** Speaks TCP, and says the same to whoever connects. */
async function serverThatSays(...pieces: readonly (string | "end" | "cut")[]) {
  const connections: Socket[] = [];
  let connected = () => {};
  const asked = new Promise<void>((resolve) => {
    connected = resolve;
  });
  const server: Server = createServer((socket) => {
    connections.push(socket);
    socket.on("error", () => {});
    socket.once("data", () => {
      for (const piece of pieces) {
        if (piece === "end") socket.end();
        else if (piece === "cut") socket.destroy();
        else socket.write(piece);
      }
      connected();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  open.push({
    close: () => {
      for (const socket of connections) socket.destroy();
      server.close();
    },
  });
  return { url: new URL(`http://127.0.0.1:${port}/`), asked, connections };
}

const OK = "HTTP/1.1 200 OK\r\n";
const get = { method: "GET" } as const;

describe("an answer", () => {
  test.for([
    ["whose end is the end of the connection", [`${OK}\r\nab`, "end"]],
    ["in chunks", [`${OK}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n`, "1\r\nb\r\n0\r\n\r\n"]],
    ["after one that is to be waited for", [`HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 2\r\n\r\nab`]],
    ["of HTTP 1.0", ["HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab", "end"]],
  ] as const)("%s is taken", async ([, pieces]) => {
    const { url } = await serverThatSays(...pieces);
    const { status, body } = must(await ask(url, get, { clock }));
    expect([status, new TextDecoder().decode(body)]).toEqual([200, "ab"]);
  });

  test.for([
    ["that is no HTTP", ["\u0000\u0001 nonsense\r\n\r\n"], { kind: "notHttp" }],
    ["with a status that is none", ["HTTP/1.1 two hundred\r\n\r\n"], { kind: "notHttp" }],
    ["with headers without end", [`${OK}${"A: b\r\n".repeat(20_000)}`], { kind: "notHttp" }],
    ["with two lengths", [`${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`], { kind: "notHttp" }],
    ["with a length below nothing", [`${OK}Content-Length: -1\r\n\r\n`], { kind: "notHttp" }],
    ["in chunks of no length", [`${OK}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`], { kind: "notHttp" }],
    ["that is too long", [`${OK}Content-Length: 9999999\r\n\r\n${"a".repeat(40_000)}`], { kind: "answerTooLong" }],
    ["without end", [`${OK}\r\n${"a".repeat(40_000)}`], { kind: "answerTooLong" }],
    ["that breaks off", [`${OK}Content-Length: 5\r\n\r\nab`, "cut"], { kind: "unreachable" }],
    ["that ends before it begins", ["end"], { kind: "unreachable" }],
    ["whose connection is cut", ["cut"], { kind: "unreachable" }],
  ] as const)("%s is none", async ([, pieces, error]) => {
    const { url } = await serverThatSays(...pieces);
    expect(await ask(url, get, { clock })).toMatchObject({ ok: false, error });
  });

  test.for([
    ["never begins", []],
    ["never ends", [`${OK}Content-Length: 5\r\n\r\nab`]],
  ] as const)("that %s is waited for half a minute, and its connection is closed", async ([, pieces]) => {
    const { url, asked, connections } = await serverThatSays(...pieces);
    const virtual = new VirtualClock();
    const answer = ask(url, get, { clock: virtual });
    await asked;
    await virtual.advance(29_999);
    const closed = new Promise((resolve) => connections[0]?.once("close", resolve));
    await virtual.advance(1);
    expect(await answer).toEqual({ ok: false, error: { kind: "noAnswer" } });
    await closed;
  });

  test("that sends elsewhere is not followed", async () => {
    const { url, connections } = await serverThatSays(
      "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
    );
    expect(await meetRouter(url, { clock })).toEqual({
      ok: false,
      error: { kind: "declined", action: "description", code: 302 },
    });
    expect(connections).toHaveLength(1);
  });

  test("from where nobody listens is not there", async () => {
    const played = await PlayedRouter.open();
    const { location } = played;
    await played.close();
    expect(await meetRouter(location, { clock })).toMatchObject({ ok: false, error: { kind: "unreachable" } });
  });

  test("that is no longer wanted is given up", async () => {
    const { url, asked } = await serverThatSays();
    const stop = new AbortController();
    const answer = ask(url, get, { clock, signal: stop.signal });
    await asked;
    stop.abort();
    await expect(answer).rejects.toThrow(/abort/i);
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

describe("a run", () => {
  test.for([
    ["is declined in mid-run", { status: 500 }, { kind: "declined", action: "PutMessage", code: 500 }],
    ["is cut off in mid-run", "cut", { kind: "unreachable" }],
    ["is answered by nonsense", { status: 200, body: "<a/>" }, { kind: "badAnswer", action: "PutMessage" }],
  ] as const)("that %s reads nothing", async ([, answer, error]) => {
    const home = await PlayedHome.open();
    open.push(home.device);
    const m1 = toBase64((await home.deviceInfo()) ?? new Uint8Array());
    const played = await routerThat({
      onCall: async ({ action }) =>
        action === "GetDeviceInfo"
          ? { status: 200, body: composeAnswer({ action, values: new Map([["NewDeviceInfo", m1]]) }) }
          : answer,
    });
    expect(await learn({ router: await met(played), pin: pin("12345670") })).toMatchObject({ ok: false, error });
  });

  test("that begins with what is no M1 is none", async () => {
    const played = await routerThat({
      onCall: async ({ action }) => ({
        status: 200,
        body: composeAnswer({ action, values: new Map([["NewDeviceInfo", "AAAA"]]) }),
      }),
    });
    expect(await learn({ router: await met(played), pin: pin("12345670") })).toMatchObject({
      ok: false,
      error: { kind: "run", error: { kind: "malformed" } },
    });
    expect(await routerState({ router: await met(played), clock: fastClock(20) })).toEqual({
      configured: null,
      locked: null,
    });
  });
});

describe("an enrolment", () => {
  const method = { type: "pushButton" } as const;
  const follow = async (play: Play, onWaiting: (played: PlayedRouter) => unknown = () => {}) => {
    const played = await routerThat(play);
    const events = [];
    for await (const event of enrol({ router: await met(played), network, method })) {
      events.push(event);
      if (event.type === "waiting") await onWaiting(played);
    }
    return { played, last: events.at(-1) };
  };

  test("at a router that does not announce us ends at once, and unsubscribes", async () => {
    const { played, last } = await follow({ onCall: async () => ({ status: 500 }) });
    expect(last).toMatchObject({ type: "failed", fault: { kind: "declined", action: "SetSelectedRegistrar" } });
    expect(played.methods.at(-1)).toBe("UNSUBSCRIBE");
  });

  test("at a router that goes away in mid-run ends there", async () => {
    const station = mac("02:00:00:00:05:41");
    const home = await PlayedHome.open();
    open.push(home.device);
    const m1 = (await home.deviceInfo()) ?? new Uint8Array();
    const { last } = await follow(
      {
        onCall: async ({ action }) =>
          action === "PutWLANResponse" ? "cut" : { status: 200, body: composeAnswer({ action, values: new Map() }) },
      },
      async (played) => {
        await played.notify(composeWlanEvent({ type: "message", station, bytes: new Uint8Array() }));
        await played.notify(composeWlanEvent({ type: "message", station, bytes: m1 }));
      },
    );
    expect(last).toMatchObject({ type: "failed", fault: { kind: "unreachable" } });
  });
});
