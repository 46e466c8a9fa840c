/** When a device says that it is there, and whom it answers, in virtual time. */
import { describe, expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { Announcer, type Endpoint } from "./announcer.ts";
import { composeSsdp, readSsdp, type SsdpMessage } from "./ssdp.ts";
import { DEVICE_TYPE, SERVICE_TYPE } from "./wlan-config.ts";

const uuid = new Uint8Array(16).fill(0xab);
const name = "uuid:abababab-abab-abab-abab-abababababab";
const searcher: Endpoint = { address: "192.0.2.7", port: 50_000 };
const faces = ["upnp:rootdevice", name, DEVICE_TYPE, SERVICE_TYPE];

interface Said {
  /** Milliseconds from the start. */
  readonly at: number;
  readonly to: string;
  readonly length: number;
  readonly message: SsdpMessage | null;
}

/** @param chance of every draw, from 0 to 1 */
function play(chance = 0.5) {
  const clock = new VirtualClock();
  const start = clock.now();
  const said: Said[] = [];
  const announcer = new Announcer({
    uuid,
    location: "http://192.0.2.1:49152/wps_device.xml",
    network: { address: "192.0.2.1", netmask: "255.255.255.0" },
    clock,
    random: (_, length) => new Uint8Array(length).fill(chance * 0xff),
    send: (datagram, { address, port }) =>
      said.push({
        at: clock.now() - start,
        to: `${address}:${port}`,
        length: datagram.length,
        message: readSsdp(datagram),
      }),
  });
  const search = (target: string, from = searcher, maxWaitSeconds = 2) =>
    announcer.hear(composeSsdp({ type: "search", target, maxWaitSeconds }), from);
  const found = () =>
    said.flatMap(({ message, to, at }) => (message?.type === "found" ? [{ ...message, to, at }] : []));
  return { clock, announcer, said, search, found };
}

describe("an access point on the network", () => {
  test("takes back what it said before, is announced twice with a tenth of a second between, and says goodbye", async () => {
    const { clock, announcer, said } = play();
    announcer.open();
    await clock.advance(10_000);
    announcer.close();
    await clock.advance(3_600_000);
    const byebyes = [...faces, ...faces].map((target) => ({ type: "byebye", target }));
    const alive = [...faces, ...faces].map((target) => ({ type: "alive", target, maxAge: 1801 }));
    expect(said.map(({ message }) => message)).toMatchObject([...byebyes, ...alive, ...byebyes]);
    expect(said.map(({ at }) => at).slice(7, 17)).toEqual([0, 0, 100, 200, 300, 400, 500, 600, 700, 10_000]);
    expect(new Set(said.map(({ to }) => to))).toEqual(new Set(["239.255.255.250:1900"]));
    expect(said[8]?.message).toMatchObject({ usn: `${name}::upnp:rootdevice` });
    expect(said[9]?.message).toMatchObject({ usn: name });
  });

  test.for([
    ["a quarter", 0, 450],
    ["half", 1, 900],
  ] as const)("says it again after %s of the time for which it holds", async ([, chance, seconds]) => {
    const { clock, announcer, said } = play(chance);
    announcer.open();
    await clock.advance(2_000_000);
    const [first = 0, second = 0] = said.flatMap(({ message, at }, i) =>
      message?.type === "alive" && (i - 8) % 8 === 0 ? [at] : [],
    );
    expect(Math.round((second - first) / 1000)).toBeCloseTo(seconds, -1);
  });
});

describe("a search", () => {
  test.for([
    ["all there is", "ssdp:all", faces],
    ["root devices", "upnp:rootdevice", ["upnp:rootdevice"]],
    ["this very device", name, [name]],
    ["access points that do WPS", DEVICE_TYPE, [DEVICE_TYPE]],
    ["the service", SERVICE_TYPE, [SERVICE_TYPE]],
    ["another device", "uuid:16d5f8a9-4ee4-4f5e-81f9-cc6e2f47f42d", []],
    ["another kind", "urn:schemas-upnp-org:device:MediaServer:1", []],
    ["nonsense", "foo", []],
  ] as const)("for %s is answered by what fits", async ([, target, answers]) => {
    const { clock, search, found } = play();
    search(target);
    await clock.advance(10_000);
    expect(found()).toEqual(
      answers.map((face) => ({
        type: "found",
        location: "http://192.0.2.1:49152/wps_device.xml",
        target: face,
        usn: face === name ? name : `${name}::${face}`,
        maxAge: 1801,
        server: "Unspecified, UPnP/1.0, Unspecified",
        to: "192.0.2.7:50000",
        at: expect.any(Number),
      })),
    );
  });

  const good =
    'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n';
  test.for([
    ["with blanks and small letters", good.replace("MX: 1", "mx:\t 1 \t").replace("ST:", "st:\t"), 4],
    ["without MX", good.replace("MX: 1\r\n", ""), 0],
    ["with a negative MX", good.replace("MX: 1", "MX: -1"), 0],
    ["with a semicolon for a colon", good.replace("MX: 1", "MX; 1"), 0],
    ["without MAN", good.replace(/MAN.*\r\n/, ""), 0],
    ["with another MAN", good.replace('"ssdp:discover"', "foo"), 0],
    ["without ST", good.replace("ST: ssdp:all\r\n", ""), 0],
    ["of another method", good.replace("M-SEARCH", "M+SEARCH"), 0],
    ["of a longer method", good.replace("M-SEARCH *", "M-SEARCH-*"), 0],
    ["without line feeds", good.replaceAll("\n", ""), 0],
    ["that is an announcement", good.replace("M-SEARCH", "NOTIFY"), 0],
    ["that is empty", "", 0],
    ["that is too long", good.replace("HOST", `X: ${"x".repeat(5_000)}\r\nHOST`), 0],
  ] as const)("%s", async ([, text, answers]) => {
    const { clock, announcer, found } = play();
    announcer.hear(new TextEncoder().encode(text), searcher);
    await clock.advance(10_000);
    expect(found()).toHaveLength(answers);
  });

  test.for([
    [0, 0, 0],
    [0, 1, 1_000],
    [3, 1, 3_000],
    [120, 1, 5_000],
    [999_999, 1, 5_000],
  ] as const)("that leaves us %i seconds is answered within them, and within five", async ([seconds, chance, at]) => {
    const { clock, search, found } = play(chance);
    search(DEVICE_TYPE, searcher, seconds);
    await clock.advance(200_000);
    expect(found().map((answer) => Math.round(answer.at / 100) * 100)).toEqual([at]);
  });

  test("from another network is not answered", async () => {
    const { clock, search, said } = play();
    search("ssdp:all", { address: "192.0.3.7", port: 50_000 });
    search("ssdp:all", { address: "8.8.8.8", port: 53 });
    await clock.advance(10_000);
    expect(said).toEqual([]);
  });

  test("from port 0, where nobody can be answered, is passed over", async () => {
    const { clock, search, said } = play();
    search("ssdp:all", { ...searcher, port: 0 });
    await clock.advance(10_000);
    expect(said).toEqual([]);
  });

  test("that is repeated before its answer is answered once, and again later on", async () => {
    const { clock, search, found } = play();
    for (let i = 0; i < 25; i++) search(DEVICE_TYPE);
    await clock.advance(5_000);
    expect(found()).toHaveLength(1);
    search(DEVICE_TYPE);
    await clock.advance(5_000);
    expect(found()).toHaveLength(2);
  });

  test("is not answered after goodbye", async () => {
    const { clock, announcer, search, found } = play();
    search(DEVICE_TYPE);
    announcer.close();
    search(DEVICE_TYPE);
    await clock.advance(10_000);
    expect(found()).toEqual([]);
  });
});

describe("a flood of searches", () => {
  test("in somebody else's name brings that one twelve answers in ten seconds, a fraction of what it took to ask", async () => {
    const { clock, search, said } = play();
    const asked = composeSsdp({ type: "search", target: "ssdp:all", maxWaitSeconds: 1 }).length;
    const searches = 1_000;
    for (let i = 0; i < searches; i++) {
      search("ssdp:all", { ...searcher, port: 1024 + i });
      await clock.advance(9);
    }
    await clock.advance(5_000);
    const sent = said.reduce((sum, { length }) => sum + length, 0);
    expect(said.length).toBe(12);
    expect(sent / (searches * asked)).toBeLessThan(0.06);
    // Others are answered all the while.
    search(DEVICE_TYPE, { address: "192.0.2.8", port: 50_000 });
    await clock.advance(5_000);
    expect(said.at(-1)?.to).toBe("192.0.2.8:50000");
  });

  test("in many names is answered twenty at a time", async () => {
    const { clock, search, said } = play(1);
    for (let i = 1; i < 255; i++) search("ssdp:all", { address: `192.0.2.${i}`, port: 50_000 });
    await clock.advance(10_000);
    expect(said).toHaveLength(20);
  });

  test("in many names for long brings no more than twenty answers a second", async () => {
    const { clock, search, said } = play(0);
    for (let i = 0; i < 2_000; i++) {
      search("ssdp:all", { address: `192.0.2.${1 + (i % 254)}`, port: 50_000 });
      await clock.advance(10);
    }
    // Twenty seconds, in the middle of the third window.
    expect(said.length).toBeLessThanOrEqual(600);
    expect(said.length).toBeGreaterThan(300);
  });
});
