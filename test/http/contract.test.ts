/**
 * The contract of the API, held against its own document: every method of every endpoint is made to answer with every
 * code and every key of an error that the document promises for it, and no other. How an answer is checked is in
 * `api-document.ts`, what is asked in which situation in `situations.ts`.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import { type Asked, ask, check, keysOf, lines, operationOf, operations, seen } from "./api-document.ts";
import { type OnAir, type OnAirOptions, openOnAir, SlowDisk } from "./on-air.ts";
import { type Answer, collect, exchange, open, parseAnswers } from "./raw-client.ts";
import { home, mode, network, session, situations, sta, system, whole, wps, wrong } from "./situations.ts";

/** Codes that the documents of such devices name. */
const codes = ["200", "202", "204", "400", "401", "404", "409", "429", "500", "503"];

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
      "/demo/time": { speed: 1 },
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
