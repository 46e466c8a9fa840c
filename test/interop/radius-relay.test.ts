/**
 * A real station enrols with our Registrar through a real access point that relays it by RADIUS: wpa_supplicant, hostapd
 * with `eap_server=0`, and ours. Each test has an access point of its own, and waits for hostapd's own patience (2 s
 * until it begins, 3 s until it sends a request again), so that they run side by side.
 */
import { describe, expect, type TestContext, test } from "vitest";
import { parsePin } from "../../src/wsc/pin.ts";
import { must } from "../vectors.ts";
import { network, RadiusWorld } from "./radius-world.ts";
import { keyReceived, Line, type Mishap, Relay, relayMissing } from "./relay.ts";

const missing = relayMissing();
const suite = missing === null ? describe.concurrent : describe.skip;
const withReason = missing === null ? "" : ` (${missing})`;

const pin = must(parsePin("12345670"));

interface Scene {
  readonly relay: Relay;
  readonly world: RadiusWorld;
}

/** @param lineTo where the relay sends what is for our server; at once to it, when left out */
async function scene(
  { onTestFinished }: TestContext,
  lineTo: (port: number) => Promise<number> = async (port) => port,
): Promise<Scene> {
  const relay = new Relay();
  const world = await RadiusWorld.open({ instances: [relay.instance] });
  onTestFinished(async () => {
    await relay.stop();
    await world.close();
  });
  await relay.start(await lineTo(world.port));
  return { relay, world };
}

const messagesOf = ({ world }: Scene) =>
  world.registrarEvents.flatMap((event) => (event.type === "message" ? [event.message] : []));
/** The Access-Reject that ends a run has been sent. */
const isOver = ({ world }: Scene) =>
  world.until(() => world.radiusEvents.some((event) => event.type === "answered" && event.answer === "reject"));
const wholeRun = ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"];

suite(`wpa_supplicant behind hostapd's relay${withReason}`, () => {
  test("enrols at a push of the button, once and no second time", async (context) => {
    const the = await scene(context);
    await the.world.registrar.pressButton(the.relay.instance);
    const station = await the.relay.enrol("pbc=1");
    expect(await keyReceived(station)).toBe(network.key);
    await station.says("CTRL-EVENT-EAP-FAILURE");
    await isOver(the);
    expect(messagesOf(the)).toEqual(wholeRun);
    expect(the.world.registrar.isOpen(the.relay.instance)).toBe(false);
    expect(the.world.server.runs).toBe(0);
    expect(the.world.radiusEvents).toHaveLength(6);
    expect(the.world.radiusEvents.at(-1)).toMatchObject({
      station: the.relay.station,
      instance: the.relay.instance,
      answer: "reject",
      why: null,
    });
  });

  test("enrols by its PIN", async (context) => {
    const the = await scene(context);
    await the.world.registrar.enterPin(the.relay.instance, pin);
    expect(await keyReceived(await the.relay.enrol("pin=12345670"))).toBe(network.key);
    await isOver(the);
    expect(messagesOf(the)).toEqual(wholeRun);
  });

  test.for([
    ["first", "99995676", "WPS-FAIL msg=8 config_error=18"],
    ["second", "12340002", "WPS-FAIL msg=10 config_error=18"],
  ] as const)("finds out that the %s half of the PIN is wrong", async ([_half, digits, failure], context) => {
    const the = await scene(context);
    await the.world.registrar.enterPin(the.relay.instance, pin);
    const station = await the.relay.enrol(`pin=${digits}`);
    await station.says(failure);
    await station.says("CTRL-EVENT-EAP-FAILURE");
    expect(the.world.server.runs).toBe(0);
    expect(the.world.registrarEvents).toContainEqual(expect.objectContaining({ type: "enrolmentFailed" }));
  });

  test("is turned away when nobody has opened a window", async (context) => {
    const the = await scene(context);
    const station = await the.relay.enrol("pbc=1");
    await station.says("CTRL-EVENT-EAP-FAILURE");
    expect(messagesOf(the)).toEqual(["M1", "M2D", "WSC_ACK"]);
  });

  test("may send its messages in pieces", async (context) => {
    const the = await scene(context);
    await the.world.registrar.pressButton(the.relay.instance);
    const station = await the.relay.enrol("pbc=1", ["fragment_size=60"]);
    expect(await keyReceived(station)).toBe(network.key);
    await isOver(the);
    expect(messagesOf(the)).toEqual(wholeRun);
    expect(the.world.radiusEvents.length).toBeGreaterThan(15);
  });
});

suite(`a line that fails${withReason}`, () => {
  /** An enrolment over such a line, until the server has seen `events` of the kinds that a good line has none of. */
  const through = async (context: TestContext, plan: Readonly<Record<string, Mishap>>, events: number) => {
    const the = await scene(context, async (port) => {
      const line = await Line.open(port, plan);
      context.onTestFinished(() => line.close());
      return line.port;
    });
    await the.world.registrar.pressButton(the.relay.instance);
    expect(await keyReceived(await the.relay.enrol("pbc=1"), 12_000)).toBe(network.key);
    await isOver(the);
    const others = () => the.world.radiusEvents.filter(({ type }) => type !== "answered").map(({ type }) => type);
    await the.world.until(() => others().length >= events);
    // Nothing happened twice.
    expect(messagesOf(the)).toEqual(wholeRun);
    return others();
  };

  test("loses M5's request: hostapd sends it again", async (context) => {
    expect(await through(context, { "request 4": "lost" }, 0)).toEqual([]);
  });

  test("loses M6 on its way: the same request has the same answer", async (context) => {
    expect(await through(context, { "answer 4": "lost" }, 1)).toEqual(["answeredAgain"]);
  });

  test("loses the last answer", async (context) => {
    expect(await through(context, { "answer 6": "lost" }, 1)).toEqual(["answeredAgain"]);
  });

  test("repeats a request and, later, an answer", async (context) => {
    // The first is under way still, or answered.
    expect(await through(context, { "request 3": "repeated", "answer 5": "repeated" }, 1)).toHaveLength(1);
  });
});
