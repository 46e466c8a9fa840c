/**
 * The contract of the API, held against its own document: every method of every endpoint is made to answer with every
 * code that the document promises for it, each answer over a real socket, read to the byte, and checked by the schema
 * that the document gives for it. What the documents of the devices show that speak this API is checked literally.
 */

import { Check } from "typebox/schema";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import { RadioError, type StationRadio } from "../../src/radio/station-radio.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { type Store, StoreError } from "../../src/store/store.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { radioWith } from "../station-world.ts";
import { type OnAir, type OnAirOptions, openOnAir, SlowDisk, scenarioOf } from "./on-air.ts";
import { type Answer, collect, exchange, open, parseAnswers } from "./raw-client.ts";

const wps = "/api/v1/wifi/wps";
const sta = "/api/v1/wifi/sta/settings";
const mode = "/api/v1/wifi/mode";
const system = "/api/v1/settings";
const session = "/api/v1/session";
const home = "/demo/access-points/020000000001";
const nowhere = "/demo/access-points/0200000000ff";

/** What the document says of an answer. */
interface Promised {
  readonly description: string;
  readonly content?: Record<string, { schema: object }>;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly hasBody: boolean;
  readonly responses: Readonly<Record<string, Promised>>;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** Of the body; JSON without it. */
  readonly type?: string;
  readonly headers?: readonly string[];
}

/** Codes that the documents of such devices name. */
const codes = ["200", "202", "204", "400", "401", "404", "409", "429", "500", "503"];

/** What there is of the API, as an app of its own describes it. */
const operations = await (async (): Promise<readonly Operation[]> => {
  const onAir = await openOnAir();
  const { paths, components } = (await onAir.app.inject({ url: "/api/openapi.json" })).json();
  await onAir.close();
  const errorSchema = components.schemas.Error;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, object>).map(
      ([method, { requestBody, responses }]: [string, { requestBody?: object; responses?: object }]) => ({
        method: method.toUpperCase(),
        path,
        hasBody: requestBody !== undefined,
        responses: JSON.parse(
          JSON.stringify(responses, (_, value) => (value?.$ref === "#/components/schemas/Error" ? errorSchema : value)),
        ),
      }),
    ),
  );
})();

/** Codes that were seen, and keys of errors with them, by method and path. */
const seen = new Set<string>();

const lines = ({ method, path, body, type = "application/json", headers = [] }: Asked, ...more: readonly string[]) => {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const ofBody = body === undefined ? [] : [`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(text)}`];
  return [`${method} ${path} HTTP/1.1`, "Host: localhost", ...ofBody, ...headers, ...more, "", text].join("\r\n");
};

/** The operation that an address belongs to. */
function operationOf({ method, path }: Asked): Operation {
  const found = operations.find(
    (one) => one.method === method && new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path),
  );
  if (found === undefined) throw new Error(`${method} ${path} is not in the document`);
  return found;
}

/** The keys of errors that the document names for an answer. */
function keysOf(promised: Promised | undefined): readonly string[] {
  const [, keys = ""] = /^`error` is (.*)$/.exec(promised?.description ?? "") ?? [];
  return [...keys.matchAll(/`([a-z-]+)`/g)].map(([, key = ""]) => key);
}

/** Checks an answer by what the document says of it. */
function check(asked: Asked, answer: Answer): void {
  const operation = operationOf(asked);
  const where = `${asked.method} ${asked.path} → ${answer.status} ${answer.body}`;
  const promised = operation.responses[answer.status];
  expect(promised, `${where} is not in the document`).toBeDefined();
  expect(answer.headers, where).toMatchObject({
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
  });
  const [[type, media] = []] = Object.entries(promised?.content ?? {});
  if (type === undefined || media === undefined) expect(answer.body, where).toBe("");
  else if (type === "application/json") {
    expect(answer.headers["content-type"], where).toBe("application/json; charset=utf-8");
    expect(Check(media.schema, JSON.parse(answer.body)), where).toBe(true);
  } else expect(answer.headers["content-type"], where).toContain(type);
  if (answer.status >= 400) {
    const { error, message } = JSON.parse(answer.body);
    expect(Object.keys(JSON.parse(answer.body)), where).toEqual(["error", "message"]);
    expect(error, where).toMatch(/^[a-z-]+$/);
    expect(message, where).toMatch(/^[A-Z"].*\.$/s);
    expect(keysOf(promised), where).toContain(error);
    seen.add(`${operation.method} ${operation.path} ${answer.status} ${error}`);
  }
  seen.add(`${operation.method} ${operation.path} ${answer.status}`);
}

async function ask(port: number, asked: Asked): Promise<Answer> {
  // A stream's answer has no end, and so no length.
  if (asked.path.endsWith("/events") && (asked.headers ?? []).length === 0) return watch(port, asked);
  const text = await exchange(port, [lines(asked, "Connection: close")]);
  const [answer, ...more] = parseAnswers(text);
  if (answer === undefined || more.length > 0) throw new Error(`not one answer: ${text}`);
  check(asked, answer);
  return answer;
}

async function watch(port: number, asked: Asked): Promise<Answer> {
  const leave = new AbortController();
  const { status, statusText, headers, body } = await fetch(`http://127.0.0.1:${port}${asked.path}`, {
    signal: leave.signal,
  });
  const text = status === 200 ? "" : await new Response(body).text();
  leave.abort();
  const answer = { status, reason: statusText, headers: Object.fromEntries(headers), head: "", body: text };
  check(asked, answer);
  return answer;
}

/** A row: what is asked, the code, and the error's key or nothing. */
type Row = readonly [
  method: string,
  path: string,
  status: number,
  more?: { body?: unknown; error?: string; headers?: readonly string[] },
];

interface Situation {
  readonly name: string;
  readonly open: () => Promise<OnAir>;
  /** Brings it about. */
  readonly arrange?: (onAir: OnAir, port: number) => Promise<unknown>;
  readonly rows: readonly Row[];
}

const hotspot = { ssid: new TextEncoder().encode("openwps-setup"), key: new Secret("hotspot key") };
const network = { enable: true, name: "Home", password: "correct horse battery" };
const whole = { system: { name: "Meter", host_name: "meter", protection: false, password: "" } };

const right = `Authorization: Basic ${Buffer.from(":from a file").toString("base64")}`;
const wrong = `Authorization: Basic ${Buffer.from(":guessed").toString("base64")}`;

/** wpa_supplicant that answers FAIL, say; the simulated radio has no reason to. */
const unwilling = (radio: StationRadio): StationRadio => {
  const refuse = async () => {
    throw new RadioError("refused", "The radio did not do it.", "Ask it why.");
  };
  return radioWith(radio, { apply: refuse, residue: refuse, limitPower: refuse });
};
const withoutWps = scenarioOf({ accessPoints: [{ name: "Old", bssid: "02:00:00:00:00:01", key: "any old key", wps: false }] });

const fullDisk = (): Store => {
  const memory = createMemoryStore();
  const full = async () => {
    throw new StoreError("full", "The disk of the state folder /x is full.", "Make room on it.");
  };
  return { ...memory, put: full, compareAndSet: full };
};
const lostDisk = (): Store => {
  const memory = createMemoryStore();
  let opened = false;
  return {
    ...memory,
    get: async (key) => {
      if (opened) throw new StoreError("failed", "The state folder /x cannot be read.", "Look after the disk.");
      opened = true;
      return memory.get(key);
    },
  };
};

const situations: readonly Situation[] = [
  {
    name: "of a device at rest",
    open: openOnAir,
    rows: [
      ["GET", "/", 200],
      ["GET", "/healthz", 200],
      ["GET", "/metrics", 200],
      ["GET", "/api/openapi.json", 200],
      ["GET", system, 200],
      ["POST", system, 200, { body: whole }],
      ["PUT", system, 200, { body: { system: { name: "Meter 2" } } }],
      ["PUT", system, 400, { body: { system: { host_name: "-" } }, error: "bad-value" }],
      ["POST", system, 400, { body: { system: { name: "" } }, error: "bad-value" }],
      ["GET", session, 200],
      ["POST", session, 401, { body: { password: "guessed" }, error: "unauthorized" }],
      ["DELETE", session, 204],
      ["GET", "/api/v1/system", 200],
      ["GET", "/api/v1/wifi/scan", 200],
      ["GET", wps, 200],
      ["GET", `${wps}/events`, 200],
      ["DELETE", wps, 204],
      ["POST", wps, 400, { body: { method: "pin", pin: "12345678" }, error: "wrong-check-digit" }],
      ["POST", wps, 400, { body: { method: "pin", pin: "12345" }, error: "bad-pin" }],
      ["POST", wps, 400, { body: { bssid: "02" }, error: "bad-bssid" }],
      ["GET", mode, 200],
      ["PUT", mode, 200, { body: { mode: "OFF" } }],
      ["PUT", mode, 409, { body: { mode: "AP" }, error: "no-hotspot" }],
      ["PUT", mode, 400, { body: { mode: "ON" }, error: "bad-value" }],
      ["GET", sta, 200],
      ["POST", sta, 200, { body: network }],
      ["POST", sta, 400, { body: { enable: true }, error: "bad-value" }],
      ["PUT", sta, 200, { body: { max_tx_power: 10.5 } }],
      ["PUT", sta, 400, { body: { max_tx_power: 10.3 }, error: "bad-value" }],
      ["DELETE", sta, 204],
      ["GET", "/demo/access-points", 200],
      ["GET", "/demo/air", 200],
      ["PUT", "/demo/air", 200, { body: { loss: 0 } }],
      ["GET", "/demo/events", 200],
      ["GET", "/demo/air", 200],
      ["PUT", "/demo/air", 200, { body: { loss: 0 } }],
      ["POST", `${home}/button`, 204],
      ["POST", `${home}/stop`, 204],
      ["POST", `${home}/pin`, 204, { body: { pin: "12345670" } }],
      ["POST", `${home}/pin`, 400, { body: { pin: "12345678" }, error: "wrong-check-digit" }],
      ["POST", `${home}/pin`, 400, { body: { pin: "12345" }, error: "bad-pin" }],
      ["POST", `${nowhere}/button`, 404, { error: "unknown-access-point" }],
      ["POST", `${nowhere}/pin`, 404, { body: { pin: "12345670" }, error: "unknown-access-point" }],
      ["POST", `${nowhere}/stop`, 404, { error: "unknown-access-point" }],
      ["POST", wps, 204],
    ],
  },
  {
    name: "in mid-pairing",
    open: openOnAir,
    arrange: (_, port) => ask(port, { method: "POST", path: wps, body: { method: "pin" } }),
    rows: [
      ["POST", wps, 409, { error: "busy" }],
      ["POST", sta, 409, { body: network, error: "busy" }],
      ["PUT", sta, 409, { body: {}, error: "busy" }],
      ["DELETE", sta, 409, { error: "busy" }],
      ["PUT", mode, 409, { body: { mode: "OFF" }, error: "busy" }],
      ["GET", "/api/v1/wifi/scan", 200],
      ["GET", "/api/v1/system", 200],
      ["GET", wps, 200],
      ["DELETE", wps, 204],
    ],
  },
  {
    name: "of a hotspot",
    open: () => openOnAir({ hotspot }),
    arrange: (_, port) => ask(port, { method: "PUT", path: mode, body: { mode: "AP" } }),
    rows: [
      ["GET", mode, 200],
      ["GET", "/api/v1/wifi/scan", 503, { error: "radio-refused" }],
      ["GET", "/api/v1/system", 200],
    ],
  },
  {
    name: "whose radio is gone",
    open: openOnAir,
    arrange: ({ radio }) => radio.unplug(),
    rows: [
      ["GET", "/healthz", 503, { error: "radio-gone" }],
      ["GET", "/api/v1/system", 200],
      ["GET", "/api/v1/wifi/scan", 503, { error: "radio-gone" }],
      ["POST", wps, 503, { error: "radio-gone" }],
      ["POST", sta, 503, { body: network, error: "radio-gone" }],
      ["PUT", sta, 503, { body: { enable: false }, error: "radio-gone" }],
      ["DELETE", sta, 503, { error: "radio-gone" }],
      ["PUT", mode, 503, { body: { mode: "OFF" }, error: "radio-gone" }],
    ],
  },
  {
    name: "whose radio does none of it",
    open: () => openOnAir({ wrap: unwilling }),
    rows: [
      ["POST", wps, 503, { error: "radio-refused" }],
      ["POST", sta, 503, { body: network, error: "radio-refused" }],
      ["PUT", sta, 503, { body: { enable: false }, error: "radio-refused" }],
      ["DELETE", sta, 503, { error: "radio-refused" }],
      ["PUT", mode, 503, { body: { mode: "OFF" }, error: "radio-refused" }],
    ],
  },
  {
    name: "beside an access point without WPS",
    open: () => openOnAir({ scenario: withoutWps }),
    rows: [
      ["POST", `${home}/button`, 503, { error: "radio-refused" }],
      ["POST", `${home}/pin`, 503, { body: { pin: "12345670" }, error: "radio-refused" }],
    ],
  },
  {
    name: "whose disk is full",
    open: () => openOnAir({ store: fullDisk(), settingsStore: fullDisk() }),
    rows: [
      ["POST", system, 500, { body: whole, error: "not-stored" }],
      ["PUT", system, 500, { body: { system: { name: "Meter" } }, error: "not-stored" }],
      ["POST", wps, 500, { error: "not-stored" }],
      ["POST", sta, 500, { body: network, error: "not-stored" }],
      ["PUT", sta, 500, { body: { enable: false }, error: "not-stored" }],
      ["DELETE", sta, 500, { error: "not-stored" }],
      ["PUT", mode, 500, { body: { mode: "OFF" }, error: "not-stored" }],
    ],
  },
  {
    name: "whose disk is lost",
    open: () => openOnAir({ store: lostDisk() }),
    rows: [["GET", "/healthz", 503, { error: "store-gone" }]],
  },
  {
    name: "of which one client watches 16 streams",
    open: openOnAir,
    arrange: async (_, port) => {
      for (let i = 0; i < 16; i++) {
        const socket = await open(port);
        socket.write(lines({ method: "GET", path: `${wps}/events` }));
        await new Promise((resolve) => socket.once("data", resolve));
      }
    },
    rows: [
      ["GET", `${wps}/events`, 429, { error: "too-many-streams" }],
      ["GET", "/demo/events", 429, { error: "too-many-streams" }],
    ],
  },
  {
    name: "whose password is fixed in a file",
    open: () => openOnAir({ password: "from a file" }),
    rows: [
      ["POST", session, 204, { body: { password: "from a file" } }],
      ["POST", system, 409, { body: whole, error: "fixed-by-file", headers: [right] }],
      ["PUT", system, 409, { body: { system: { protection: false } }, error: "fixed-by-file", headers: [right] }],
    ],
  },
  {
    name: "at whose password somebody guesses",
    open: () => openOnAir({ password: "from a file", clock: new VirtualClock() }),
    arrange: async (_, port) => {
      for (let i = 0; i < 6; i++) await ask(port, { method: "POST", path: session, body: { password: "guessed" } });
    },
    rows: [
      ["POST", session, 429, { body: { password: "from a file" }, error: "too-many-attempts" }],
      ["GET", session, 200],
    ],
  },
  {
    name: "of an access point at which two devices ask",
    open: openOnAir,
    arrange: async ({ world, radio }) => {
      for (const one of [radio, world.station("another")]) {
        const events = one.enrol({ type: "pushButton" }, { signal: new AbortController().signal });
        void (async () => {
          for await (const _ of events);
        })();
      }
      // Its registrar has heard of both once it says so itself.
      await vi.waitFor(async () => {
        const pressed = await world.accessPoints[0]?.pressButton();
        if (pressed === "open") await world.accessPoints[0]?.stop();
        expect(pressed).toBe("overlap");
      }, 10_000);
    },
    rows: [["POST", `${home}/button`, 409, { error: "overlap" }]],
  },
];

for (const { name, open: openSituation, arrange, rows } of situations)
  describe(`the answers ${name}`, () => {
    let onAir: OnAir;
    let port: number;
    beforeAll(async () => {
      onAir = await openSituation();
      port = await onAir.listen();
      await arrange?.(onAir, port);
    });
    afterAll(() => onAir.close());
    for (const [method, path, status, { body, error, headers = [] } = {}] of rows)
      test(`${method} ${path}${body === undefined ? "" : ` with ${JSON.stringify(body)}`}: ${status} ${error ?? ""}`, async () => {
        const answer = await ask(port, { method, path, body, headers });
        expect(answer.status, answer.body).toBe(status);
        if (error !== undefined) expect(JSON.parse(answer.body).error).toBe(error);
      });
  });

/** What goes for every endpoint alike. Addresses are such as there are. */
describe("every endpoint, with each method it has,", () => {
  const all = operations.map(({ method, path }) => ({ method, path: path.replace("{bssid}", "020000000001") }));
  const withPassword = all.filter(({ path }) => path !== "/healthz" && path !== session);

  const everywhere = async (
    asked: readonly Asked[],
    status: number,
    error: string,
    options: OnAirOptions,
    arrange: (port: number) => Promise<unknown> = async () => {},
  ) => {
    const onAir = await openOnAir(options);
    try {
      const port = await onAir.listen();
      await arrange(port);
      for (const one of asked) {
        const answer = await ask(port, one);
        expect([one.method, one.path, answer.status, JSON.parse(answer.body).error]).toEqual([
          one.method,
          one.path,
          status,
          error,
        ]);
      }
    } finally {
      await onAir.close();
    }
  };
  const with_ = (header: string, asked: readonly Asked[] = all) => asked.map((one) => ({ ...one, headers: [header] }));
  const password = "from a file";

  test("is not there for pages from elsewhere: 404", () =>
    everywhere(with_("Origin: http://evil.example"), 404, "not-found", {}));
  test("cannot be asked for with a length that is none: 400", () =>
    everywhere(with_("Content-Length: x"), 400, "bad-request", {}));
  test("but those that are open needs the password: 401", () =>
    everywhere(with_("Accept: */*", withPassword), 401, "unauthorized", { password }));
  test("but those that are open waits after too many wrong passwords: 429", () =>
    everywhere(
      with_(wrong, withPassword),
      429,
      "too-many-attempts",
      { password, clock: new VirtualClock() },
      async (port) => {
        for (let i = 0; i < 6; i++)
          await exchange(port, [lines({ method: "GET", path: "/", headers: [wrong, "Connection: close"] })]);
      },
    ));
  describe("if it takes a body,", () => {
    const withBody = all.filter((one) =>
      operations.some(
        ({ method, path, hasBody }) => hasBody && operationOf(one).path === path && one.method === method,
      ),
    );
    const faults: readonly (readonly [key: string, type: string, body: string])[] = [
      ["bad-json", "application/json", '{"'],
      ["wrong-content-type", "text/plain", "{}"],
      ["too-large", "application/json", JSON.stringify("x".repeat(8_191))],
      ["bad-value", "application/json", "[]"],
    ];
    test.each(faults)("refuses one that is %s: 400", (key, type, body) =>
      everywhere(
        withBody.map((one) => ({ ...one, body, type })),
        400,
        key,
        {},
      ));

    const good: Readonly<Record<string, object>> = {
      [wps]: {},
      [sta]: network,
      [mode]: { mode: "OFF" },
      [system]: whole,
      [session]: { password: "guessed" },
      [`${home}/pin`]: { pin: "12345670" },
      "/demo/air": { loss: 0 },
      "/demo/air": { loss: 0 },
    };
    test("refuses one with a field that nobody knows: 400", () =>
      everywhere(
        withBody.map((one) => ({ ...one, body: { ...good[one.path], nobody: "knows" } })),
        400,
        "unknown-field",
        {},
      ));
  });
  test("says of a mistake of ours only that it was one: 500", () =>
    everywhere(with_("X-Mistake: yes"), 500, "internal", {
      more: [
        (app) =>
          app.addHook("preParsing", async ({ headers }) => {
            if (headers["x-mistake"] !== undefined) throw new TypeError("secret of /the/inside");
          }),
      ],
    }));

  test("is closed once the service is being stopped: 503", async () => {
    const disk = new SlowDisk();
    const onAir = await openOnAir({ store: disk.store });
    const port = await onAir.listen();
    await ask(port, { method: "POST", path: wps });
    const { spin } = disk.stall();
    // A cancel that takes its time holds a connection open on which another request follows.
    const sockets = await Promise.all(all.map(() => open(port)));
    const texts = sockets.map(collect);
    let came = 0;
    onAir.app.server.on("request", () => void came++);
    for (const socket of sockets) socket.write(lines({ method: "DELETE", path: wps }));
    await expect.poll(() => came, { timeout: 10_000 }).toBe(all.length);
    const closed = onAir.close();
    await expect.poll(() => onAir.app.server.listening, { timeout: 10_000 }).toBe(false);
    for (const [i, socket] of sockets.entries()) socket.write(lines(all[i] as Asked));
    await expect.poll(() => came, { timeout: 10_000 }).toBe(2 * all.length);
    spin();
    for (const [i, text] of texts.entries()) {
      const [cancelled, late, ...more] = parseAnswers(await text);
      expect([cancelled?.status, late?.status, more]).toEqual([204, 503, []]);
      expect(JSON.parse(late?.body ?? "").error).toBe("closing");
      check(all[i] as Asked, late as Answer);
    }
    await closed;
  });

  test("promises nothing but what was seen here, and only codes that clients know", () => {
    const promised = operations.flatMap(({ method, path, responses }) =>
      Object.entries(responses).flatMap(([status, answer]) => [
        `${method} ${path} ${status}`,
        ...keysOf(answer).map((key) => `${method} ${path} ${status} ${key}`),
      ]),
    );
    expect(promised.filter((one) => !seen.has(one))).toEqual([]);
    expect(
      operations.flatMap(({ responses }) => Object.keys(responses)).filter((code) => !codes.includes(code)),
    ).toEqual([]);
  });
});
