/** Who may subscribe, and who is told what, in virtual time and without a network. */
import { describe, expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { parseMacAddress } from "../wsc/address.ts";
import { messageTypeOf } from "../wsc/messages.ts";
import { fromBase64 } from "./base64.ts";
import { type EventingRequest, handleEventing } from "./eventing.ts";
import { readPropertySet } from "./gena.ts";
import { Publisher } from "./publisher.ts";
import { readWlanEvent, type WlanEvent } from "./wlan-event.ts";

const station = parseMacAddress("02:00:00:00:05:01") ?? expect.unreachable("an address");
const home = "192.0.2.1";
const callback = `<http://${home}:80/event>`;

interface Heard {
  readonly url: string;
  readonly sid: string;
  readonly seq: number;
  readonly properties: ReadonlyMap<string, string>;
}

/** @param takes whether a notification is taken, and how long that takes */
function play(takes: (heard: Heard) => boolean | Promise<boolean> = () => true) {
  const clock = new VirtualClock();
  const heard: Heard[] = [];
  const left: string[] = [];
  let draws = 0;
  const publisher = new Publisher({
    clock,
    random: (_, length) => new Uint8Array(length).fill(++draws),
    notify: async (url, headers, body) => {
      const properties = readPropertySet(new TextEncoder().encode(body)) ?? new Map();
      const one = { url: url.href, sid: headers["SID"] ?? "", seq: Number(headers["SEQ"]), properties };
      heard.push(one);
      return takes(one);
    },
    onLeft: (address) => left.push(address),
  });
  const request = (method: EventingRequest["method"], headers: Partial<EventingRequest>) => {
    const answer = handleEventing({ method, nt: null, callback: null, sid: null, from: home, ...headers }, publisher);
    answer.after?.();
    return { status: answer.status, sid: answer.headers?.["SID"] ?? "", timeout: answer.headers?.["TIMEOUT"] };
  };
  const subscribe = (from = home, url = `http://${from}:80/event`) =>
    request("SUBSCRIBE", { nt: "upnp:event", callback: `<${url}>`, from });
  const seqs = () => heard.map(({ seq }) => seq);
  return { clock, publisher, heard, left, request, subscribe, seqs };
}

const message = (number = 0): WlanEvent => ({ type: "message", station, bytes: Uint8Array.of(number) });
const probe: WlanEvent = { type: "probeRequest", station, bytes: Uint8Array.of(1) };
const eventIn = ({ properties }: Heard) =>
  readWlanEvent(fromBase64(properties.get("WLANEvent") ?? "") ?? new Uint8Array());

describe("a subscription", () => {
  test("is granted for half an hour, named at random, and first told how things are", async () => {
    const { clock, request, heard } = play();
    const answer = request("SUBSCRIBE", { nt: "upnp:event", callback });
    const sid = "uuid:01010101-0101-4101-8101-010101010101";
    expect(answer).toEqual({ status: 200, sid, timeout: "Second-1801" });
    await clock.advance(0);
    expect(heard).toMatchObject([{ url: "http://192.0.2.1/event", sid, seq: 0 }]);
    const [first] = heard;
    if (first === undefined) return expect.unreachable("an event");
    expect([...first.properties.keys()]).toEqual(["STAStatus", "APStatus", "WLANEvent"]);
    const event = eventIn(first);
    expect(event).toMatchObject({ type: "message", station: "00:00:00:00:00:00" });
    expect(messageTypeOf(event?.bytes ?? new Uint8Array())).toBe("WSC_ACK");
  });

  test("is first told what was heard last, and how the access point is", async () => {
    const { clock, publisher, subscribe, heard } = play();
    publisher.tell(message(7));
    publisher.state({ locked: true, configurationChanged: true });
    subscribe();
    await clock.advance(0);
    expect(heard.map(({ properties }) => properties.get("APStatus"))).toEqual(["17"]);
    expect(heard.map(eventIn)).toEqual([message(7)]);
  });

  const sid = "uuid:01010101-0101-4101-8101-010101010101";
  const unknown = "uuid:4c2bca79-1ff4-4e43-85d4-952a2b8a51fb";
  const many = (count: number) => Array.from({ length: count }, (_, i) => `<http://${home}/${i}>`).join("");
  test.for([
    ["without NT", "SUBSCRIBE", { callback }, 412],
    ["of another NT", "SUBSCRIBE", { nt: "upnp:foobar", callback }, 412],
    ["without a callback", "SUBSCRIBE", { nt: "upnp:event" }, 412],
    ["with an empty callback", "SUBSCRIBE", { nt: "upnp:event", callback: "" }, 412],
    ["with half a callback", "SUBSCRIBE", { nt: "upnp:event", callback: " <" }, 412],
    ["with a callback that is no URL", "SUBSCRIBE", { nt: "upnp:event", callback: "<event>" }, 412],
    ["with eight callbacks", "SUBSCRIBE", { nt: "upnp:event", callback: many(8) }, 200],
    ["with nine callbacks", "SUBSCRIBE", { nt: "upnp:event", callback: many(9) }, 412],
    ["with a long callback", "SUBSCRIBE", { nt: "upnp:event", callback: `<http://${home}/${"a".repeat(683)}>` }, 200],
    ["with a longer one", "SUBSCRIBE", { nt: "upnp:event", callback: `<http://${home}/${"a".repeat(684)}>` }, 412],
    ["for HTTPS", "SUBSCRIBE", { nt: "upnp:event", callback: `<https://${home}/>` }, 412],
    ["for a name", "SUBSCRIBE", { nt: "upnp:event", callback: "<http://victim.example/>" }, 412],
    ["for a user", "SUBSCRIBE", { nt: "upnp:event", callback: `<http://a:b@${home}/>` }, 412],
    ["for IPv6", "SUBSCRIBE", { nt: "upnp:event", callback: "<http://[::1]/>" }, 412],
    ["for a neighbour", "SUBSCRIBE", { nt: "upnp:event", callback: "<http://192.0.2.2/>" }, 412],
    ["for the world", "SUBSCRIBE", { nt: "upnp:event", callback: "<http://198.51.100.1/>" }, 412],
    ["for ourselves", "SUBSCRIBE", { nt: "upnp:event", callback: "<http://127.0.0.1/>" }, 412],
    ["for everybody", "SUBSCRIBE", { nt: "upnp:event", callback: "<http://255.255.255.255/>" }, 412],
    ["for a neighbour and itself", "SUBSCRIBE", { nt: "upnp:event", callback: `<http://192.0.2.2/>${callback}` }, 200],
    ["renewed", "SUBSCRIBE", { sid }, 200],
    ["renewed in capitals", "SUBSCRIBE", { sid: sid.replace("uuid", "UUID") }, 200],
    ["renewed by another address", "SUBSCRIBE", { sid, from: "192.0.2.2" }, 412],
    ["renewed under an unknown name", "SUBSCRIBE", { sid: unknown }, 412],
    ["renewed under half a name", "SUBSCRIBE", { sid: "uuid:123456734567854" }, 412],
    ["renewed under no name", "SUBSCRIBE", { sid: "123456734567854" }, 412],
    ["renewed and new", "SUBSCRIBE", { sid, nt: "upnp:event", callback }, 400],
    ["renewed and somewhere else", "SUBSCRIBE", { sid, callback }, 400],
    ["ended", "UNSUBSCRIBE", { sid }, 200],
    ["ended without its name", "UNSUBSCRIBE", {}, 412],
    ["ended under an unknown name", "UNSUBSCRIBE", { sid: unknown }, 412],
    ["ended under no name", "UNSUBSCRIBE", { sid: " \t foo" }, 412],
    ["ended by another address", "UNSUBSCRIBE", { sid, from: "192.0.2.2" }, 412],
    ["ended and more", "UNSUBSCRIBE", { sid, nt: "upnp:event" }, 400],
    ["ended and somewhere else", "UNSUBSCRIBE", { sid, callback }, 400],
  ] as const)("%s: %s is answered by its status", async ([, method, headers, status]) => {
    const { clock, subscribe, request, heard } = play();
    subscribe();
    expect(request(method, headers).status).toBe(status);
    await clock.advance(60_000);
    expect(new Set(heard.map(({ url }) => new URL(url).hostname))).toEqual(new Set([home]));
  });

  test("ends when nobody renews it, and a renewed one later", async () => {
    const { clock, publisher, subscribe, request, left } = play();
    const { sid } = subscribe();
    await clock.advance(1_800_000);
    expect(request("SUBSCRIBE", { sid })).toEqual({ status: 200, sid, timeout: "Second-1801" });
    await clock.advance(1_800_000);
    expect(publisher.size).toBe(1);
    await clock.advance(1_000);
    expect(publisher.size).toBe(0);
    expect(request("SUBSCRIBE", { sid }).status).toBe(412);
    expect(left).toEqual([home]);
  });

  test("of an address that has four already takes the place of its oldest", () => {
    const { publisher, subscribe, request, left } = play();
    const first = subscribe();
    const others = [subscribe(), subscribe(), subscribe(), subscribe()];
    expect(publisher.size).toBe(4);
    expect(request("SUBSCRIBE", { sid: first.sid }).status).toBe(412);
    for (const { sid } of others) expect(request("SUBSCRIBE", { sid }).status).toBe(200);
    expect(left).toEqual([]);
  });

  test("of somebody who floods us pushes out no other, also not under four names", () => {
    const { publisher, subscribe, request } = play();
    const { sid } = subscribe("192.0.2.100");
    for (let i = 0; i < 200; i++) subscribe(`192.0.2.${1 + (i % 4)}`);
    expect(publisher.size).toBe(16);
    expect(request("SUBSCRIBE", { sid, from: "192.0.2.100" }).status).toBe(200);
    // A newcomer finds a place: one of theirs.
    expect(subscribe("192.0.2.101").status).toBe(200);
    expect(publisher.size).toBe(16);
    expect(request("SUBSCRIBE", { sid, from: "192.0.2.100" }).status).toBe(200);
  });

  test("is declined where sixteen addresses have one each", () => {
    const { subscribe } = play();
    const statuses = Array.from({ length: 17 }, (_, i) => subscribe(`192.0.2.${i + 1}`).status);
    expect(statuses).toEqual([...Array(16).fill(200), 503]);
    // Whoever has one can have it anew.
    expect(subscribe("192.0.2.1").status).toBe(200);
  });
});

describe("what is heard on the air", () => {
  test("is told to each subscriber, in order and counted for each", async () => {
    const { clock, publisher, subscribe, heard } = play();
    const [first, second] = [subscribe(), subscribe("192.0.2.2")];
    await clock.advance(0);
    publisher.tell(message(1));
    publisher.state({ locked: true, configurationChanged: false });
    publisher.state({ locked: true, configurationChanged: false });
    publisher.tell(message(2));
    await clock.advance(0);
    for (const { sid } of [first, second]) {
      const told = heard.filter((one) => one.sid === sid);
      expect(told.map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
      expect(told.map(({ properties }) => [...properties.keys()]).slice(1)).toEqual([
        ["WLANEvent"],
        ["APStatus"],
        ["WLANEvent"],
      ]);
    }
  });

  test("in passing is told five times a second, and what stations say always", async () => {
    const { clock, publisher, subscribe, heard } = play();
    subscribe();
    await clock.advance(0);
    for (let i = 0; i < 100; i++) {
      publisher.tell(probe);
      if (i % 25 === 0) publisher.tell(message(i));
      await clock.advance(20);
    }
    const types = heard.slice(1).map((one) => eventIn(one)?.type);
    expect(types.filter((type) => type === "probeRequest")).toHaveLength(10);
    expect(types.filter((type) => type === "message")).toHaveLength(4);
  });

  test("does not go to who has left", async () => {
    const { clock, publisher, subscribe, request, seqs } = play();
    const { sid } = subscribe();
    await clock.advance(0);
    request("UNSUBSCRIBE", { sid });
    publisher.tell(message());
    await clock.advance(60_000);
    expect(seqs()).toEqual([0]);
  });
});

describe("a subscriber", () => {
  test("that does not take an event is told again, under the same number, and then what came meanwhile", async () => {
    let tries = 0;
    const { clock, publisher, subscribe, heard } = play(() => ++tries > 3);
    subscribe();
    await clock.advance(0);
    publisher.tell(message(1));
    publisher.tell(probe);
    publisher.tell(message(2));
    await clock.advance(5_000);
    // While it takes nothing, what was said in passing is not kept for it.
    expect(heard.map(({ seq }) => seq)).toEqual([0, 0, 0, 0, 1, 2]);
    expect(heard.slice(4).map(eventIn)).toEqual([message(1), message(2)]);
  });

  test("with two callbacks is told at the second where the first does not answer", async () => {
    const { clock, publisher, request, heard } = play(({ url }) => url.endsWith("2"));
    request("SUBSCRIBE", { nt: "upnp:event", callback: `<http://${home}/1><http://${home}/2>` });
    await clock.advance(0);
    for (let i = 0; i < 12; i++) publisher.tell(message(i));
    await clock.advance(0);
    const taken = heard.filter(({ url }) => url.endsWith("2"));
    expect(taken.map(({ seq }) => seq)).toEqual([...Array(13).keys()]);
  });

  test("that takes nothing ten times in a row is given up", async () => {
    const { clock, publisher, subscribe, heard, left } = play(() => false);
    subscribe();
    await clock.advance(8_999);
    expect(publisher.size).toBe(1);
    await clock.advance(1);
    expect(publisher.size).toBe(0);
    expect(left).toEqual([home]);
    publisher.tell(message());
    await clock.advance(60_000);
    expect(heard).toHaveLength(10);
  });

  test("that answers now and then is not", async () => {
    let tries = 0;
    const { clock, publisher, subscribe } = play(() => ++tries % 10 === 0);
    subscribe();
    for (let i = 0; i < 5; i++) publisher.tell(message(i));
    await clock.advance(120_000);
    expect(publisher.size).toBe(1);
    expect(tries).toBe(60);
  });

  test("that is slow misses no message, but what is said in passing", async () => {
    const answers: (() => void)[] = [];
    const { clock, publisher, subscribe, heard } = play(() => new Promise((taken) => answers.push(() => taken(true))));
    subscribe();
    await clock.advance(0);
    for (let i = 0; i < 10; i++) {
      publisher.tell(message(i));
      publisher.tell(probe);
      await clock.advance(1_000);
    }
    for (let i = 10; i < 15; i++) publisher.tell(message(i));
    for (let i = 0; i < 30; i++) {
      answers.shift()?.();
      await clock.advance(0);
    }
    const events = heard.slice(1).map(eventIn);
    expect(events.filter((event) => event?.type === "message")).toEqual(
      Array.from({ length: 15 }, (_, i) => message(i)),
    );
    expect(events.filter((event) => event?.type === "probeRequest").length).toBeLessThan(10);
    expect(heard.map(({ seq }) => seq)).toEqual([...heard.keys()]);
  });

  test("that cannot keep up with messages is given up, as it would miss one", async () => {
    const { clock, publisher, subscribe, left } = play(() => new Promise(() => {}));
    subscribe();
    await clock.advance(0);
    for (let i = 0; i < 20; i++) publisher.tell(message(i));
    expect(left).toEqual([]);
    publisher.tell(message(20));
    expect(left).toEqual([home]);
    expect(publisher.size).toBe(0);
  });
});
