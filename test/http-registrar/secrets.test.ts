/** No answer, event or refusal of the registrar's API holds a key, a PIN or the password, but those that are for it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { KeyPolicy } from "../../src/registrar/key-policy.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { home, homeKey, mac, pin } from "../registrar-world.ts";
import { type Answer, instance, lamp, type Method, openRegistrarApi, otherSettings } from "./registrar-api.ts";

const password = "a password of ours";
const enrolmentPin = "12345670";
const wrongPin = "86154782";
const typingMistake = "86154783";
/** Too short, and all but one digit of a PIN. */
const digitMissing = "8615478";
const authorization = `Basic ${Buffer.from(`:${password}`).toString("base64")}`;

/** A secret as it might be written: as it is, in hex of either case, in base64, with spaces or dashes in it. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString("hex");
  const raw = /^[0-9a-f]{64}$/.test(secret)
    ? [Buffer.from(secret, "hex").toString("base64"), secret.toUpperCase()]
    : [];
  const halves = /^\d{8}$/.test(secret) ? [" ", "-"].map((gap) => secret.slice(0, 4) + gap + secret.slice(4)) : [];
  return [secret, hex, hex.toUpperCase(), bytes.toString("base64").replace(/=+$/, ""), ...raw, ...halves];
}

/** Plays all that can happen, and gives all that was told but for the answers that show a secret, and the secrets. */
async function play(keys: KeyPolicy) {
  const api = await openRegistrarApi({ keys, password });
  const onlooker = await api.watch({ authorization });
  const { world, service } = api;
  const told: string[] = [];
  const secrets = new Set([enrolmentPin, wrongPin, typingMistake, digitMissing, password, "another passphrase"]);
  const note = (answer: Answer) => told.push(JSON.stringify(answer.headers), answer.text);
  const ask = async (method: Method, url: string, body?: object, by = authorization) => {
    const answer = await api.ask(method, url, body, { headers: { authorization: by } });
    note(answer);
    return answer;
  };
  /** For the three answers that are for showing a secret. */
  const askForSecret = (method: Method, url: string) => api.ask(method, url, undefined, { headers: { authorization } });
  const enrolment = `${instance}/enrolment`;
  const station = world.station("Lamp");

  await ask("POST", enrolment, { method: "pin", pin: enrolmentPin });
  const event = await world.enrol(station, { type: "pin", pin: new Secret(enrolmentPin) });
  if (event?.type !== "enrolled") throw new Error(`not enrolled: ${JSON.stringify(event)}`);
  secrets.add(event.credentials[0]?.networkKey.revealText() ?? "");
  await ask("POST", enrolment, { method: "pin", pin: wrongPin });
  await world.enrol(world.station("Meter"), { type: "pin", pin: new Secret(enrolmentPin) });
  await ask("POST", enrolment, { method: "pin", pin: typingMistake });
  await ask("POST", enrolment, { method: "pin", pin: digitMissing });
  await ask("POST", enrolment, { method: "pin", pin: wrongPin, more: 1 });
  await ask("POST", enrolment, { method: "pbc", pin: wrongPin });
  await ask("POST", `/api/v1/requests/${lamp}/admit`, { pin: typingMistake });
  await ask("PUT", "/api/v1/settings", { system: { password } });
  await ask("GET", "/api/v1/wps", undefined, `Basic ${Buffer.from(`:${password} no`).toString("base64")}`);

  if (keys === "shared") {
    secrets.add(homeKey);
    const made = pin((await askForSecret("POST", "/api/v1/wps/device-pin")).body.pin);
    secrets.add(made);
    expect((await askForSecret("GET", "/api/v1/wps/device-pin")).body.pin).toBe(made);
    expect(await askForSecret("POST", `${instance}/key`)).toMatchObject({
      body: { key: homeKey },
      headers: { "cache-control": "no-store" },
    });
    await api.comeAsRegistrar(made).finish();
    for (const wrong of ["0000", "1111", "2222"]) await api.comeAsRegistrar(pin(wrong)).finish();
    await ask("POST", `${instance}/unlock`);
    await ask("PUT", instance, { configurationState: "Unconfigured", restart: true });
    await api.comeAsRegistrar(made, otherSettings).finish();
    await ask("DELETE", "/api/v1/wps/device-pin");
  } else {
    await ask("POST", "/api/v1/wps/device-pin");
    await ask("POST", `${instance}/key`);
    // Its own, and the one that it would be handed next.
    for (const key of service.keys(mac(lamp), home)) secrets.add(key.revealText());
  }

  const urls = ["/", "/metrics", "/healthz", "/api/openapi.json", "/api/v1/settings", "/api/v1/wps", instance];
  const lists = ["/api/v1/wps/instances", "/api/v1/devices", "/api/v1/requests", "/api/v1/activity?limit=500"];
  for (const url of [...urls, ...lists, `${instance}/status`, `/api/v1/devices/${lamp}`]) await ask("GET", url);
  for (const { id } of service.activity) await ask("GET", `/api/v1/activity/${id}`);
  await ask("PATCH", `/api/v1/devices/${lamp}`, { label: "Kitchen" });
  await ask("DELETE", `/api/v1/devices/${lamp}`);
  await world.clock.advance(0);
  const events = onlooker.events.map((one) => JSON.stringify(one));
  await api.close();
  return { told, events, secrets: [...secrets] };
}

test.each([
  "shared",
  "per-device",
] as const)("with %s keys, everything that was told is without secrets", async (keys) => {
  const { told, events, secrets } = await play(keys);
  expect(told.length).toBeGreaterThan(60);
  expect(events.length).toBeGreaterThan(10);
  expect(secrets).not.toContain("");
  expect(secrets.filter((secret) => /^[0-9a-f]{64}$/.test(secret))).toHaveLength(keys === "shared" ? 0 : 2);
  for (const text of [...told, ...events])
    for (const secret of secrets)
      for (const spelling of spellings(secret))
        if (text.includes(spelling)) throw new Error(`${spelling} stands in ${text.slice(0, 500)}`);
});

test("what is sealed in the messages of a run is zeros, and they are whole otherwise", async () => {
  const api = await openRegistrarApi();
  await api.press();
  await api.world.enrol(api.world.station());
  const activity = (await api.ask("GET", "/api/v1/activity")).body as { type: string; transcript: Message[] }[];
  await api.close();
  const transcript = activity.find(({ type }) => type === "enrolment")?.transcript ?? [];
  expect(transcript.map(({ direction, message }) => `${direction} ${message}`)).toEqual([
    ...["in M1", "out M2", "in M3", "out M4", "in M5", "out M6", "in M7", "out M8", "in WSC_Done"],
  ]);
  for (const { message, bytes } of transcript) {
    expect(bytes).toMatch(/^104a000110/);
    // Attribute 0x1018, its length, an IV of 16 bytes, and blocks of 16.
    const [, length = "", sealed = ""] = /1018([0-9a-f]{4})((?:00){32,})/.exec(bytes) ?? [];
    if (["M4", "M5", "M6", "M7", "M8"].includes(message))
      expect(sealed.length, message).toBeGreaterThanOrEqual(2 * Number.parseInt(length, 16));
  }
});

interface Message {
  readonly direction: string;
  readonly message: string;
  readonly bytes: string;
}

test("no PIN and no Authenticator is compared with an early exit", () => {
  const compared = /\b\w*(?:pin|authenticator|hash[12])(?:\.value)?\s*[!=]={1,2}(?!=)(?!\s*(?:undefined|null)\b)/i;
  for (const bad of ["pin.value === other", "if (apPin!==typed)", "body.authenticator == own", "rHash1 === sent"])
    expect(bad).toMatch(compared);
  for (const good of ["pin === null", "request.body.pin === undefined", "pin.ok === false", "equal(rHash1, sent)"])
    expect(good).not.toMatch(compared);
  const src = join(import.meta.dirname, "..", "..", "src");
  const files = ["http", "registrar", "wsc"].flatMap((folder) =>
    readdirSync(join(src, folder), { recursive: true, encoding: "utf8" }).map((file) => join(src, folder, file)),
  );
  for (const file of files.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts")))
    expect(readFileSync(file, "utf8").match(compared)?.[0], file).toBeUndefined();
});
