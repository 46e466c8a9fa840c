import { describe, expect, test } from "vitest";
import { builtInScenario, parseScenario } from "./scenario.ts";

const home = { name: "Home", key: "correct horse battery" };
const errorOf = (scenario: unknown) => {
  const parsed = parseScenario(typeof scenario === "string" ? scenario : JSON.stringify(scenario));
  return parsed.ok ? null : parsed.error;
};

describe("a scenario", () => {
  test("needs only names and keys", () => {
    const parsed = parseScenario(JSON.stringify({ accessPoints: [home, { ...home, name: "Neighbour" }] }));
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        seed: 1,
        conditions: { loss: 0, delayMs: 3, repeat: 0 },
        accessPoints: [
          { bssid: "02:00:00:00:00:00", channel: 1, security: "WPA2", signal: -50, wps: true, dhcp: true, subnet: 1 },
          { bssid: "02:00:00:00:00:01", subnet: 2 },
        ],
        station: { name: "Simulated station", connectedTo: null },
        happenings: [],
      },
    });
  });

  test("gives the radios of one box, which share its name, one UUID", () => {
    const parsed = parseScenario(
      JSON.stringify({ accessPoints: [home, { ...home, channel: 36 }, { ...home, name: "Other" }] }),
    );
    const uuids = parsed.ok ? parsed.value.accessPoints.map(({ uuid }) => uuid) : [];
    expect(uuids[0]).toBe(uuids[1]);
    expect(uuids[0]).not.toBe(uuids[2]);
    expect(uuids[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  test("shows no key", () => {
    expect(JSON.stringify(builtInScenario)).not.toContain("horse");
  });

  const mistakes: readonly (readonly [what: string, scenario: unknown, sentence: string])[] = [
    ["no JSON", "{", "The scenario is not valid JSON"],
    ["no object", [], "In the scenario, the whole must be an object."],
    ["no access points", {}, "In the scenario, accessPoints is missing."],
    ["a list of texts", { accessPoints: ["Home"] }, "In the scenario, accessPoints[0] must be an object."],
    [
      "a field nobody knows",
      { accessPoints: [], sead: 3 },
      "In the scenario, sead is not known; known here: accessPoints,",
    ],
    ["a loss in percent", { accessPoints: [], loss: 20 }, "In the scenario, loss must be a number from 0 to 1."],
    ["half a seed", { accessPoints: [], seed: 0.5 }, "In the scenario, seed must be a whole number."],
    ["no key", { accessPoints: [{ name: "Home" }] }, "In the scenario, accessPoints[0].key is missing."],
    [
      "a short key",
      { accessPoints: [{ ...home, key: "1234567" }] },
      "accessPoints[0].key must be a text of 8 to 64 bytes.",
    ],
    [
      "64 letters",
      { accessPoints: [{ ...home, key: "x".repeat(64) }] },
      "accessPoints[0].key has 64 characters that are not all hex",
    ],
    [
      "a key for an open network",
      { accessPoints: [{ ...home, security: "open" }] },
      "accessPoints[0].key must be left out",
    ],
    [
      "a security unheard of",
      { accessPoints: [{ ...home, security: "WPA4" }] },
      'accessPoints[0].security must be one of "open", "WEP"',
    ],
    [
      "WPS with WPA3",
      { accessPoints: [{ ...home, security: "WPA3", wps: true }] },
      "accessPoints[0].wps must be false",
    ],
    [
      "a channel between the bands",
      { accessPoints: [{ ...home, channel: 20 }] },
      "accessPoints[0].channel is no channel",
    ],
    [
      "a bssid of five bytes",
      { accessPoints: [{ ...home, bssid: "02:00:00:00:01" }] },
      "accessPoints[0].bssid must be an address",
    ],
    [
      "a group bssid",
      { accessPoints: [{ ...home, bssid: "03:00:00:00:00:01" }] },
      "accessPoints[0].bssid must not be a group address",
    ],
    [
      "one bssid for two",
      {
        accessPoints: [
          { ...home, bssid: "020000000009" },
          { ...home, bssid: "02-00-00-00-00-09" },
        ],
      },
      "gives the bssid 02:00:00:00:00:09 twice",
    ],
    [
      "an access point's address for the station",
      { accessPoints: [{ ...home, bssid: "02:00:00:00:01:00" }] },
      "station.macAddress is an access point's bssid too",
    ],
    [
      "a home nobody has",
      { accessPoints: [home], station: { connectedTo: "Work" } },
      'station.connectedTo must be one of "Home".',
    ],
    [
      "a happening of nothing",
      { accessPoints: [home], happenings: [{ at: 1 }] },
      "happenings[0] must say one of press,",
    ],
    [
      "two at once",
      { accessPoints: [home], happenings: [{ at: 1, press: "Home", off: "Home" }] },
      "happenings[0] must say one of press,",
    ],
    [
      "a press at nobody's",
      { accessPoints: [home], happenings: [{ at: 1, press: "Work" }] },
      'happenings[0].press must be one of "Home".',
    ],
    [
      "a press without WPS",
      { accessPoints: [{ ...home, wps: false }], happenings: [{ at: 1, press: "Home" }] },
      "happenings[0].press names an access point without WPS.",
    ],
    [
      "a box with two Registrars",
      { accessPoints: [home, { ...home, channel: 36, registrar: "elsewhere" }] },
      "accessPoints gives the box Home two Registrars.",
    ],
    [
      "a PIN where nobody takes it",
      {
        accessPoints: [{ ...home, registrar: "elsewhere" }],
        happenings: [{ at: 1, enterPin: "Home", pin: "12345670" }],
      },
      "happenings[0].enterPin names an access point whose Registrar is elsewhere",
    ],
    [
      "a wrong PIN",
      { accessPoints: [home], happenings: [{ at: 1, enterPin: "Home", pin: "12345678" }] },
      "happenings[0].pin must have 4 digits, or 8 with a right check digit.",
    ],
  ];
  for (const [what, scenario, sentence] of mistakes)
    test(`with ${what} is refused by a sentence that names the field`, () => {
      expect(errorOf(scenario)).toContain(sentence);
    });
});
