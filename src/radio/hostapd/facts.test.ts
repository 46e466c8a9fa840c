/** What hostapd's replies say of a network; the replies are hostapd 2.10's own. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readBssid, readFacts, readSharedKey, readStatus } from "./facts.ts";

const config = [
  "bssid=02:00:00:00:01:00",
  'ssid=a \\"b\\" \\xc3\\xa9',
  "wps_state=configured",
  "passphrase=home is my castle",
  `psk=${"16".repeat(32)}`,
  "wpa=2",
  "key_mgmt=WPA-PSK",
  "group_cipher=CCMP",
  "rsn_pairwise_cipher=CCMP",
].join("\n");
const status = [
  "state=ENABLED",
  "phy=phy3",
  "freq=2412",
  "channel=1",
  ...["bss[0]=wlan3", "bssid[0]=02:00:00:00:03:00", "ssid[0]=x"],
  ...["bss[1]=wlan3_1", "bssid[1]=02:00:00:00:01:00", "ssid[1]=bssid[0]=02:00:00:00:01:00"],
].join("\n");
const mib = "hostapdWPAGroupState=2\nradiusAuthServerIndex=1\nradiusAuthServerAddress=127.0.0.1";
const replies = { config, status, mib, version: "2.10" };
const security = (wpa: number, keyManagement: string) =>
  readFacts({ ...replies, config: `bssid=02:00:00:00:01:00\nwpa=${wpa}\nkey_mgmt=${keyManagement}` }).security;

describe("hostapd's replies", () => {
  test("tell the network, its radio and who is behind it", () => {
    expect(readFacts(replies)).toEqual({
      on: true,
      ssid: new TextEncoder().encode('a "b" é'),
      radio: "phy3",
      vap: 1,
      ifname: "wlan3_1",
      frequency: 2412,
      security: "WPA2",
      pairwiseCipher: "CCMP",
      groupCipher: "CCMP",
      wps: "configured",
      wpsVersion: "2.0",
      software: "hostapd 2.10",
      registrar: "relayed",
    });
    expect(readBssid(config)).toBe("02:00:00:00:01:00");
    expect(readBssid("bssid=00:00:00:00:00:00")).toBeNull();
  });

  test("tell a Registrar of its own, and a radio that is off", () => {
    expect(readFacts({ ...replies, mib: "hostapdWPAGroupState=2" }).registrar).toBe("own");
    const off = readFacts({ ...replies, status: status.replace("ENABLED", "DISABLED") });
    expect(off).toMatchObject({ on: false, frequency: null });
    for (const frequency of ["2e412", "-1", "2412.5", "channel 1"])
      expect(readFacts({ ...replies, status: status.replace("2412", frequency) }).frequency).toBeNull();
  });

  test("tell the three states of WPS", () => {
    const wps = (state: string) => readFacts({ ...replies, config: `wps_state=${state}` }).wps;
    expect(["configured", "not configured", "disabled"].map(wps)).toEqual(["configured", "unconfigured", "disabled"]);
  });

  test.each([
    [0, "", "open"],
    [1, "WPA-PSK", "WPA"],
    [2, "WPA-PSK WPA-PSK-SHA256", "WPA2"],
    [3, "WPA-PSK", "WPA-WPA2"],
    [2, "WPA-PSK SAE", "WPA2-WPA3"],
    [2, "SAE", "WPA3"],
    [2, "OWE", "OWE"],
    [2, "WPA-EAP", "EAP"],
    [2, "WPA-EAP-SUITE-B-192", "WPA3-ENT"],
  ])("tell how it is protected: wpa=%i %s is %s", (wpa, keyManagement, mode) => {
    expect(security(wpa, keyManagement)).toBe(mode);
  });

  test("tell the key that is asked for: the passphrase, or without one the PSK", () => {
    expect(readSharedKey(config)?.revealText()).toBe("home is my castle");
    expect(readSharedKey(`psk=${"16".repeat(32)}`)?.revealText()).toBe("16".repeat(32));
    expect(readSharedKey("wpa=2")).toBeNull();
    expect(JSON.stringify(readFacts(replies))).not.toMatch(/castle|1616/);
  });

  test("tell how the last run went", () => {
    expect(readStatus("PBC Status: Active\nLast WPS result: None\n")).toEqual({
      ...{ pushButton: "active", lastResult: "none", failure: null, peer: null },
    });
    const failed = "PBC Status: Timed-out\nLast WPS result: Failed\nFailure Reason: Authentication Failure\n";
    expect(readStatus(`${failed}Peer Address: 02:00:00:00:01:00\n`)).toEqual({
      ...{ pushButton: "timedOut", lastResult: "failed" },
      ...{ failure: "Authentication Failure", peer: "02:00:00:00:01:00" },
    });
  });

  test("of any kind are read without a throw", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (a, b, c, d) => {
        readFacts({ config: a, status: b, mib: c, version: d });
        readBssid(a);
        readSharedKey(a);
        readStatus(a);
      }),
    );
  });
});
