/**
 * Our UPnP device on loopback, and those who mean it harm: HTTP as it should not be, slow and many requests, callbacks of
 * others, documents that explode. Whatever they do, the next one who behaves is served.
 */
import { connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import type { UpnpDevice } from "../../src/upnp/device.ts";
import { DeviceServer } from "../../src/upnp/device-server.ts";
import { composeCall, soapAction } from "../../src/upnp/soap.ts";
import { loopback, openDevice, PlayedAccessPoint } from "./played-access-point.ts";

let device: UpnpDevice;
const service = new PlayedAccessPoint({ onInfo: async () => Uint8Array.of(1) });

beforeEach(async () => {
  device = await openDevice(service);
});
afterEach(() => device.close());

const ours = (): string => `127.0.0.1:${device.port}`;

/** Sends it as it is, from one of our own addresses, and gives what comes back until the end. */
function say(text: string, { from = "127.0.0.1", port = device.port } = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, localAddress: from });
    let heard = "";
    socket.setEncoding("latin1").on("data", (part: string) => {
      heard += part;
    });
    // A reset is an end as good as any.
    socket.on("error", () => {});
    socket.on("close", () => resolve(heard));
    socket.write(text, "latin1");
  });
}

const status = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

/** A request with its Host, and its length where it has a body. */
function request(line: string, headers: Readonly<Record<string, string>> = {}, body = ""): string {
  const all = { Host: ours(), ...(body === "" ? {} : { "Content-Length": String(body.length) }), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

const description = (): string => request("GET /wps_device.xml");
const call = (body = composeCall({ action: "GetDeviceInfo", values: new Map() }), headers = {}): string =>
  request("POST /wps_control", { SOAPAction: soapAction("GetDeviceInfo"), ...headers }, body);

describe("a request", () => {
  test.for<[string, () => string, number]>([
    ["for the description", () => description(), 200],
    ["for the service", () => request("GET /wps_scpd.xml"), 200],
    ["for an action", () => call(), 200],
    ["for something else", () => request("GET /unknown.html"), 404],
    ["for a name that all objects have", () => request("GET toString"), 400],
    ["for a path out of here", () => request("GET /../../etc/passwd"), 404],
    ["by another method", () => request("PUT /wps_device.xml"), 405],
    ["for an action by GET", () => request("GET /wps_control"), 405],
    ["for an action elsewhere", () => request("POST /hello", {}, "<a/>"), 404],
    ["for a subscription elsewhere", () => request("SUBSCRIBE /hello"), 404],
    ["by a method that nobody has", () => request("UNKNOWN /wps_device.xml"), 400],
    ["without Host", () => "GET /wps_device.xml HTTP/1.1\r\n\r\n", 400],
    ["of HTTP/1.0", () => "GET /wps_device.xml HTTP/1.0\r\n\r\n", 200],
    ["under a name of a page's choosing", () => request("GET /wps_device.xml", { Host: "attacker.example" }), 403],
    ["under another port", () => request("GET /wps_device.xml", { Host: "127.0.0.1:1" }), 403],
    ["of a page elsewhere", () => call(undefined, { Origin: "http://attacker.example" }), 403],
    ["with a length that is none", () => request("POST /wps_control", { "Content-Length": "abc" }, "x"), 400],
    ["with a negative length", () => request("POST /wps_control", { "Content-Length": "-10" }, "x"), 400],
    ["with two lengths", () => call().replace("\r\n\r\n", "\r\nContent-Length: 1\r\n\r\n"), 400],
    ["with a length and chunks", () => call(undefined, { "Transfer-Encoding": "chunked" }), 400],
    ["with an encoding that is none", () => request("POST /wps_control", { "Transfer-Encoding": "abc" }), 400],
    ["in chunks", () => `${request("POST /hello", { "Transfer-Encoding": "chunked" })}2\r\nkl\r\n0\r\n\r\n`, 404],
    [
      "of a chunk too long",
      () => `${request("POST /hello", { "Transfer-Encoding": "chunked" })}80000000\r\na`.padEnd(9_000, "a"),
      413,
    ],
    [
      "of many small chunks",
      () => request("POST /hello", { "Transfer-Encoding": "chunked" }) + "1\r\nZ\r\n".repeat(20_000),
      413,
    ],
    ["with a body too long", () => call("x".repeat(8_000)), 413],
    [
      "that says it will be too long",
      () => `${call("x", { "Content-Length": "10000000000000" })}${"x".repeat(8_000)}`,
      413,
    ],
    ["of a header too long", () => request("GET /wps_device.xml", { "X-Long": "x".repeat(8_000) }), 431],
    ["of a path too long", () => request(`GET /${"a".repeat(8_000)}`), 431],
    ["of a path nearly too long", () => request(`GET /${"a".repeat(7_000)}`), 404],
    ["that is no HTTP", () => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
    ["that would have us connect", () => request("CONNECT 192.0.2.1:80"), 0],
    ["for somebody else", () => request("GET http://192.0.2.1/"), 404],
  ])("%s is answered by %i", async ([, text, expected]) => {
    const answer = await say(text());
    // Whoever goes on sending may be cut off before it hears why.
    const isCutOff = expected === 413 && answer === "";
    if (!isCutOff) expect(status(answer)).toBe(expected);
    if (answer !== "") expect(answer.toLowerCase()).toContain("connection: close\r\n");
    expect(status(await say(description()))).toBe(200);
  });

  test("is answered alone: what follows it on its connection is not done", async () => {
    service.asked.length = 0;
    const answers = await say(call().repeat(5));
    expect(answers.split("HTTP/1.1 200 OK")).toHaveLength(2);
    expect(service.asked.length).toBe(1);
  });

  test.for([
    ["entities that grow", `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><a>&b;</a>`],
    ["an entity of a file", `<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><a>&a;</a>`],
    ["elements without an end", "<a>".repeat(2_000)],
    ["elements deep inside", `${"<a>".repeat(900)}${"</a>".repeat(900)}`],
    ["many attributes", `<a ${Array.from({ length: 600 }, (_, i) => `a${i}=""`).join(" ")}/>`],
    ["many elements", `<a>${"<b/>".repeat(1_700)}</a>`],
    ["nothing but brackets", "<".repeat(7_000)],
    [
      "an envelope with names that objects have",
      composeCall({ action: "__proto__", values: new Map([["constructor", "1"]]) }),
    ],
    ["bytes that are no text", "\xff\xfe\x00\x01".repeat(1_000)],
  ] as const)("in a document with %s is a fault, and soon", async ([, document]) => {
    const before = systemClock.now();
    const answer = await say(call(document));
    expect(status(answer)).toBe(500);
    expect(answer).toMatch(/<errorCode>(401|600)<\/errorCode>/);
    expect(answer).not.toContain("root:");
    // A bomb would take minutes.
    expect(systemClock.now() - before).toBeLessThan(5_000);
  });

  test("of one who goes before it is answered is no trouble", async () => {
    for (const text of [description(), call(), request("POST /wps_control", { "Content-Length": "100" }, "x")]) {
      const socket = connect({ host: "127.0.0.1", port: device.port });
      socket.on("error", () => {});
      socket.write(text, () => socket.resetAndDestroy());
      await new Promise((resolve) => socket.once("close", resolve));
    }
    expect(status(await say(description()))).toBe(200);
  });
});

describe("connections", () => {
  /** A server in virtual time, and connections that say nothing. */
  async function withSilent(
    play: (world: {
      clock: VirtualClock;
      server: DeviceServer;
      silent: (from: string, count: number) => Promise<Socket[]>;
    }) => Promise<void>,
  ) {
    const clock = new VirtualClock();
    const handle = async () => ({ status: 200 });
    const server = await DeviceServer.open({ address: loopback, clock, handle, onTrouble: () => {} });
    const sockets: Socket[] = [];
    const silent = (from: string, count: number) =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const socket = connect({ host: "127.0.0.1", port: server.port, localAddress: from });
          sockets.push(socket);
          socket.on("error", () => {});
          await new Promise((resolve) => socket.once("connect", resolve));
          return socket;
        }),
      );
    try {
      await play({ clock, server, silent });
    } finally {
      for (const socket of sockets) socket.destroy();
      await server.close();
    }
  }
  const ask = (server: DeviceServer, from: string) =>
    say(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`, { from, port: server.port });

  test("of one host are five, so that others are served while it says nothing", () =>
    withSilent(async ({ server, silent }) => {
      const sockets = await silent("127.0.0.2", 8);
      await expect.poll(() => sockets.filter(({ closed }) => closed).length).toBe(3);
      expect(status(await ask(server, "127.0.0.2"))).toBe(0);
      expect(status(await ask(server, "127.0.0.3"))).toBe(200);
    }));

  test("are ten in all", () =>
    withSilent(async ({ server, silent }) => {
      await silent("127.0.0.2", 5);
      await silent("127.0.0.3", 5);
      expect(status(await ask(server, "127.0.0.4"))).toBe(0);
    }));

  test("of one host are a hundred in ten seconds, so that it does not keep us busy with as many as it can make", () =>
    withSilent(async ({ clock, server }) => {
      for (let i = 0; i < 100; i++) expect(status(await ask(server, "127.0.0.2"))).toBe(200);
      expect(status(await ask(server, "127.0.0.2"))).toBe(0);
      expect(status(await ask(server, "127.0.0.3"))).toBe(200);
      await clock.advance(10_000);
      expect(status(await ask(server, "127.0.0.2"))).toBe(200);
    }));

  test("that say nothing, or a little now and then, are closed after 30 seconds", () =>
    withSilent(async ({ clock, server, silent }) => {
      const sockets = await silent("127.0.0.2", 5);
      for (let i = 0; i < 29; i++) {
        for (const socket of sockets) socket.write("GET / HTTP/1.1\r\nX-Slow: slow".slice(i, i + 1));
        await clock.advance(1_000);
      }
      expect(sockets.filter(({ closed }) => closed).length).toBe(0);
      await clock.advance(2_000);
      await expect.poll(() => sockets.filter(({ closed }) => closed).length).toBe(5);
      expect(status(await ask(server, "127.0.0.2"))).toBe(200);
    }));

  test("from another network are closed unheard", async () => {
    const address = { address: "127.0.0.1", netmask: "255.255.255.0" };
    const handle = async () => ({ status: 200 });
    const server = await DeviceServer.open({ address, clock: systemClock, handle, onTrouble: () => {} });
    expect(status(await ask(server, "127.0.0.2"))).toBe(200);
    expect(status(await ask(server, "127.0.1.2"))).toBe(0);
    await server.close();
  });

  test("of two devices on one address have a port each", async () => {
    const other = await openDevice(new PlayedAccessPoint());
    expect(other.port).not.toBe(device.port);
    expect(device.port).toBeGreaterThanOrEqual(49_152);
    await other.close();
  });
});

describe("a subscription", () => {
  test("never has us connect to anybody but who asked", async () => {
    const victims: Socket[] = [];
    const victim = createServer((socket) => {
      victims.push(socket);
      socket.destroy();
    });
    await new Promise<void>((resolve) => victim.listen(0, "127.0.0.9", resolve));
    const address = victim.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const subscribe = (callback: string, from: string) =>
      say(request("SUBSCRIBE /wps_event", { NT: "upnp:event", CALLBACK: callback }), { from });
    expect(status(await subscribe(`<http://127.0.0.9:${port}/>`, "127.0.0.2"))).toBe(412);
    const both = `<http://127.0.0.9:${port}/><http://127.0.0.2:9/>`;
    const granted = await subscribe(both, "127.0.0.2");
    expect(status(granted)).toBe(200);
    const [, sid = ""] = /\r\nSID: (\S+)/i.exec(granted) ?? [];
    // A neighbour neither keeps it alive nor ends it, though it knows its name.
    expect(status(await say(request("SUBSCRIBE /wps_event", { SID: sid }), { from: "127.0.0.3" }))).toBe(412);
    expect(status(await say(request("UNSUBSCRIBE /wps_event", { SID: sid }), { from: "127.0.0.3" }))).toBe(412);
    expect(device.subscribers).toBe(1);
    expect(status(await say(request("UNSUBSCRIBE /wps_event", { SID: sid }), { from: "127.0.0.2" }))).toBe(200);
    expect(device.subscribers).toBe(0);
    expect(victims).toEqual([]);
    await new Promise((resolve) => victim.close(resolve));
  });

  test("said again and again leaves the one of somebody else in place", async () => {
    const text = (from: string) =>
      request("SUBSCRIBE /wps_event", { NT: "upnp:event", CALLBACK: `<http://${from}:9/>` });
    const [, sid = ""] = /\r\nSID: (\S+)/i.exec(await say(text("127.0.0.2"), { from: "127.0.0.2" })) ?? [];
    for (let i = 0; i < 40; i++) expect(status(await say(text("127.0.0.3"), { from: "127.0.0.3" }))).toBe(200);
    expect(device.subscribers).toBe(5);
    expect(status(await say(request("SUBSCRIBE /wps_event", { SID: sid }), { from: "127.0.0.2" }))).toBe(200);
  });
});
