/** Our search for routers, answered by whatever may be on a network. */
import { createSocket, type Socket } from "node:dgram";
import { createServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import { composeDescription } from "../../src/upnp/description.ts";
import { discover } from "../../src/upnp/discover.ts";
import type { Router } from "../../src/upnp/router.ts";
import { composeSsdp, readSsdp, SSDP_ADDRESS, SSDP_PORT } from "../../src/upnp/ssdp.ts";
import { DEVICE_TYPE } from "../../src/upnp/wlan-config.ts";
import { description, type Play, PlayedRouter } from "./played-router.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function routerCalled(
  friendlyName: string,
  id: number,
  { address = "127.0.0.1", ...play }: Play & { readonly address?: string } = {},
): Promise<PlayedRouter> {
  const own = { ...description, friendlyName, uuid: new Uint8Array(16).fill(id) };
  const router = await PlayedRouter.open({ document: composeDescription(own), ...play }, address);
  open.push(router);
  return router;
}

const found = (location: URL | string, more: object = {}) =>
  composeSsdp({
    ...{ type: "found", location: String(location), target: DEVICE_TYPE, usn: `uuid:1::${DEVICE_TYPE}` },
    ...{ maxAge: 1801, server: null, ...more },
  });
const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** Answers each search on loopback by all of these; gives how often we were asked for our kind of device. */
function answerBy(...datagrams: readonly Uint8Array[]): Promise<() => number> {
  return answerFrom("127.0.0.1", ...datagrams);
}

async function answerFrom(from: string, ...datagrams: readonly Uint8Array[]): Promise<() => number> {
  let searches = 0;
  const mouth: Socket = createSocket("udp4");
  await new Promise<void>((resolve) => mouth.bind(0, from, resolve));
  open.push(mouth);
  const socket: Socket = createSocket({ type: "udp4", reuseAddr: true });
  socket.on("message", (bytes, { port, address }) => {
    const message = readSsdp(bytes);
    if (message?.type !== "search" || message.target !== DEVICE_TYPE) return;
    searches++;
    for (const datagram of datagrams) mouth.send(datagram, port, address);
  });
  await new Promise<void>((resolve) => socket.bind(SSDP_PORT, resolve));
  socket.addMembership(SSDP_ADDRESS, "127.0.0.1");
  open.push(socket);
  return () => searches;
}

/** Searches until a router of this name is there, and then to the end; gives all names. */
async function namesUntil(last: string, clock = new VirtualClock()): Promise<readonly string[]> {
  const names: string[] = [];
  const searching = discover({ addresses: ["127.0.0.1"], clock });
  const next = async (): Promise<Router | undefined> => (await searching.next()).value ?? undefined;
  let router: Router | undefined;
  const first = next();
  await clock.advance(1);
  for (router = await first; router !== undefined; router = await next()) {
    names.push(router.description.friendlyName);
    // All answers came at once, and this is the last one.
    if (router.description.friendlyName === last) void clock.advance(3_000);
  }
  return names;
}

describe("a search", () => {
  test("finds each router once, by whatever way it is met, and passes over what is none", async () => {
    const [first, last] = [await routerCalled("First of mine", 0x41), await routerCalled("Last of mine", 0x42)];
    const nonsense = await routerCalled("No router of mine", 0x43, { document: "<a/>" });
    const { port } = first.location;
    const searches = await answerBy(
      ...["", "nonsense", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\nLOCATION\r\n\r\n", "\u0000\u00ff".repeat(700)].map(
        latin1,
      ),
      latin1(`${"A: b\r\n".repeat(800)}`),
      latin1(`HTTP/1.1 404 Not Found\r\nLOCATION: ${first.location}\r\nST: a\r\nUSN: b\r\n\r\n`),
      composeSsdp({ type: "search", target: DEVICE_TYPE, maxWaitSeconds: 1 }),
      composeSsdp({ type: "byebye", target: DEVICE_TYPE, usn: "uuid:1" }),
      ...["", "nonsense", "/device.xml", `https://127.0.0.1:${port}/`, `http://localhost:${port}/device.xml`].map(
        (url) => found(url),
      ),
      ...[`http://127.0.0.2:${port}/device.xml`, `http://u:p@127.0.0.1:${port}/`, "http://127.0.0.1:0/"].map((url) =>
        found(url),
      ),
      found(nonsense.location),
      found(first.location),
      found(first.location, { target: "upnp:rootdevice" }),
      found(`${first.location}?again`),
      found(last.location),
    );
    const names = await namesUntil("Last of mine");
    expect(names.filter((name) => name.endsWith("of mine")).toSorted()).toEqual(["First of mine", "Last of mine"]);
    expect(searches()).toBeGreaterThanOrEqual(3);
    // Three searches were answered alike, and the description at each address was read once.
    expect([first, last, nonsense].map(({ methods }) => methods)).toEqual([["GET", "GET"], ["GET"], ["GET"]]);
  });

  test("is not kept busy by one who answers a thousand times, and finds others all the same", async () => {
    const busy = await routerCalled("Busy of mine", 0x44, { address: "127.0.0.44" });
    await answerFrom("127.0.0.44", ...Array.from({ length: 100 }, (_, i) => found(`${busy.location}?${i}`)));
    // Later than all of those.
    const other = await routerCalled("Other of mine", 0x45, { address: "127.0.0.45" });
    await answerFrom("127.0.0.45", found(other.location));
    expect(await namesUntil("Other of mine")).toContain("Busy of mine");
    expect(busy.methods.length).toBeLessThanOrEqual(16);
  });

  test("shows two hosts that say they are the same router: one of them could hide the other", async () => {
    for (const address of ["127.0.0.47", "127.0.0.48"]) {
      const router = await routerCalled(`Router of mine at ${address}`, 0x47, { address });
      await answerFrom(address, found(router.location), found(`${router.location}?again`));
    }
    const clock = new VirtualClock();
    const names: string[] = [];
    const searching = (async () => {
      for await (const { description } of discover({ addresses: ["127.0.0.1"], clock }))
        names.push(description.friendlyName);
    })();
    const own = () => names.filter((name) => name.startsWith("Router of mine")).toSorted();
    await clock.advance(1);
    await expect.poll(own).toEqual(["Router of mine at 127.0.0.47", "Router of mine at 127.0.0.48"]);
    await clock.advance(3_000);
    await searching;
    expect(own()).toHaveLength(2);
  });

  test("waits five seconds for one who answers and then says nothing", async () => {
    const silent = createServer();
    const asked = new Promise((resolve) => silent.once("connection", resolve));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.46", resolve));
    open.push(silent);
    const bound = silent.address();
    if (bound === null || typeof bound === "string") throw new Error("it does not listen");
    await answerFrom("127.0.0.46", found(`http://127.0.0.46:${bound.port}/`));
    const clock = new VirtualClock();
    const searching = namesUntil("nobody", clock);
    await asked;
    await clock.advance(3_000 + 5_000);
    await searching;
  });

  test("that is broken off ends with the reason, and asks nobody any more", async () => {
    const stop = new AbortController();
    const clock = new VirtualClock();
    const searching = discover({ addresses: ["127.0.0.1"], clock, signal: stop.signal });
    const next = searching.next();
    stop.abort(new Error("enough"));
    await expect(next).rejects.toThrow("enough");
  });

  test("from an address that is none of ours fails", async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((resource) => resource === "UDPWrap").length;
    await expect.poll(sockets).toBe(0);
    const searching = discover({ addresses: ["127.0.0.1", "192.0.2.1"], clock: new VirtualClock() });
    await expect(searching.next()).rejects.toThrow("192.0.2.1");
    await expect.poll(sockets).toBe(0);
  });
});
