/**
 * Our UPnP device without its sockets: several requests and datagrams in a row, most of them damaged, from a few hosts on
 * the network and one beyond it. Nobody may be told what another subscribed to, nor have a say without listening.
 */
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import { Announcer, type Endpoint } from "../../src/upnp/announcer.ts";
import { createHandler } from "../../src/upnp/device-requests.ts";
import type { DeviceRequest } from "../../src/upnp/device-server.ts";
import { Publisher } from "../../src/upnp/publisher.ts";
import { Selections } from "../../src/upnp/selections.ts";
import { readAnswer, soapAction } from "../../src/upnp/soap.ts";
import { composeSsdp, readSsdp } from "../../src/upnp/ssdp.ts";
import { DEVICE_TYPE } from "../../src/upnp/wlan-config.ts";
import type { WlanConfigService } from "../../src/upnp/wlan-config-service.ts";
import { macAddressFrom } from "../../src/wsc/address.ts";
import { toHex } from "../../src/wsc/bytes.ts";
import { datagrams, http } from "../../test/upnp/captured.ts";
import { identity } from "../../test/upnp/played-access-point.ts";
import { Chance } from "../chance.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import { mutateText } from "../mutate-text.ts";
import { demand, type Target } from "../target.ts";

const network = { address: "192.0.2.1", netmask: "255.255.255.0" };
/** The last one is not on the network: no request of it gets this far, but datagrams do. */
const hosts = ["192.0.2.2", "192.0.2.3", "192.0.2.4", "198.51.100.9"] as const;
/** Stands for the name of the last subscription that was granted. */
const LAST_SID = "uuid:last";

type Input =
  | { readonly type: "request"; readonly request: DeviceRequest }
  | { readonly type: "datagram"; readonly bytes: Uint8Array; readonly from: Endpoint }
  | { readonly type: "event"; readonly probe: boolean };

const utf8 = (text: string) => new TextEncoder().encode(text);
const posts = http.filter(({ startLine }) => startLine.startsWith("POST"));
const bodies = posts.map(({ body }) => body);
const searches = [
  ...datagrams,
  ...["ssdp:all", "upnp:rootdevice", DEVICE_TYPE].map((target) =>
    composeSsdp({ type: "search", target, maxWaitSeconds: 3 }),
  ),
];
const values = [
  "upnp:event",
  LAST_SID,
  "uuid:f89213d5-3280-44b8-a367-f58d0d1b951f",
  "Second-1800",
  "<http://192.0.2.2/a><http://192.0.2.3:81/b>",
  "<http://198.51.100.9/>",
  ...hosts.map((host) => `<http://${host}:80/event>`),
];
const paths = ["/wps_device.xml", "/wps_scpd.xml", "/wps_control", "/wps_event", "/wps_event", "/toString"];
const methods = ["GET", "POST", "SUBSCRIBE", "UNSUBSCRIBE", "__proto__"];

const sometimes = (text: string, chance: Chance) => (chance.oneIn(4) ? mutateText(text, chance, values) : text);

function drawRequest(chance: Chance, from: string): DeviceRequest {
  const body = chance.pick(posts);
  if (chance.oneIn(2)) {
    const soapaction = body.headers.get("soapaction") ?? soapAction("GetDeviceInfo");
    const damaged = chance.oneIn(3)
      ? body.body
      : chance.oneIn(2)
        ? mutateBytes(body.body, chance, bodies)
        : utf8(mutateText(new TextDecoder().decode(body.body), chance));
    return {
      method: "POST",
      path: "/wps_control",
      headers: { soapaction: sometimes(soapaction, chance) },
      body: damaged,
      from,
    };
  }
  const header = (name: string, value: string) => (chance.oneIn(4) ? {} : { [name]: sometimes(value, chance) });
  const headers = chance.oneIn(2)
    ? {
        ...header("nt", "upnp:event"),
        ...header("callback", chance.oneIn(2) ? `<http://${from}/e>` : chance.pick(values)),
      }
    : { ...header("sid", LAST_SID), ...(chance.oneIn(8) ? header("nt", "upnp:event") : {}) };
  const isUsual = !chance.oneIn(6);
  const method = isUsual ? (chance.oneIn(4) ? "UNSUBSCRIBE" : "SUBSCRIBE") : chance.pick(methods);
  return { method, path: isUsual ? "/wps_event" : chance.pick(paths), headers, body: new Uint8Array(), from };
}

function drawInput(chance: Chance): Input {
  if (chance.oneIn(6)) return { type: "event", probe: chance.oneIn(2) };
  if (chance.oneIn(4)) {
    const bytes = chance.pick(searches);
    return {
      type: "datagram",
      bytes: chance.oneIn(2) ? bytes : mutateBytes(bytes, chance, searches),
      from: { address: chance.pick(hosts), port: chance.pick([0, 1900, 50_000]) },
    };
  }
  return { type: "request", request: drawRequest(chance, chance.pick(hosts.slice(0, 3))) };
}

async function tryDevice(inputs: readonly Input[]): Promise<string> {
  const clock = new VirtualClock();
  const chance = new Chance(1);
  const random = (_: string, length: number) => chance.bytes(length);
  let sid = "uuid:none";
  let asking = "";
  const isHeard = (from: string) => demand(publisher.has(from) && from === asking, "only who listens has a say");
  const service: WlanConfigService = {
    deviceInfo: async () => Uint8Array.of(1),
    putMessage: async (message) => (message.length % 2 === 0 ? message : null),
    putWlanResponse: (_, __, from) => isHeard(from),
    select: (_, { selected }, from) => {
      if (selected !== null) isHeard(from);
    },
  };
  const selections = new Selections(service, clock);
  const told: { readonly protocol: string; readonly isSubscriber: boolean }[] = [];
  const publisher = new Publisher({
    clock,
    random,
    notify: async ({ hostname, protocol }) => {
      told.push({ protocol, isSubscriber: publisher.has(hostname) });
      return chance.oneIn(2);
    },
    onLeft: (address) => selections.leave(address),
  });
  let answers = 0;
  const announcer = new Announcer({
    uuid: identity.uuid,
    location: "http://192.0.2.1:49152/wps_device.xml",
    network,
    clock,
    random,
    send: (datagram, { address, port }) => {
      demand(port > 0, "a socket sends nothing to port 0, and throws");
      demand(
        address.startsWith("192.0.2.") && readSsdp(datagram)?.type === "found",
        "searches are answered, and no others",
      );
      demand(datagram.length < 500, "answers are small");
      answers++;
    },
  });
  const handle = createHandler({ identity, service, publisher, selections });
  const ends: string[] = [];
  for (const input of inputs) {
    switch (input.type) {
      case "event":
        publisher.tell({
          type: input.probe ? "probeRequest" : "message",
          station: macAddressFrom(new Uint8Array(6)),
          bytes: Uint8Array.of(1),
        });
        break;
      case "datagram":
        announcer.hear(input.bytes, input.from);
        break;
      case "request": {
        const { headers, path, method, from } = input.request;
        asking = from;
        const named = headers["sid"] === LAST_SID ? { ...headers, sid } : headers;
        const { status, headers: granted = {}, body = "", after } = await handle({ ...input.request, headers: named });
        if (path === "/wps_control" && method === "POST") {
          const answer = readAnswer(utf8(body));
          demand(
            answer !== null && (answer.type === "fault") === (status === 500),
            "an action is answered, or declined",
          );
          ends.push(answer.type === "fault" ? `fault ${answer.code}` : answer.action);
        } else ends.push(`${method} ${status}`);
        sid = granted["SID"] ?? sid;
        after?.();
      }
    }
    demand(publisher.size <= 12, "three hosts have twelve subscriptions at most");
  }
  await clock.advance(6_000);
  const isRight = told.every(({ protocol, isSubscriber }) => protocol === "http:" && isSubscriber);
  demand(isRight, "only subscribers are told, by HTTP");
  demand(answers <= 12 * 3, "each host is answered twelve times at most");
  publisher.close();
  selections.close();
  return ends.at(-1) ?? `${answers > 0} answers`;
}

const words = (input: Input) =>
  JSON.stringify(input, (_, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value));

export const upnpDeviceTarget: Target = {
  name: "upnpDevice",
  share: 1,
  states: [],
  draw: (chance) => {
    const inputs = Array.from({ length: chance.between(1, 8) }, () => drawInput(chance));
    return {
      get input() {
        return inputs.map(words).join("\n");
      },
      run: () => tryDevice(inputs),
    };
  },
};
