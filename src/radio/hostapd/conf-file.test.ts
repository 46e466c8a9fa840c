import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { networkOf, numberOf, parseHostapdConf } from "./conf-file.ts";

describe("hostapd's configuration file", () => {
  test("has a network for its interface and for each bss, and the last of two settings counts", () => {
    const conf = parseHostapdConf("#ssid=x\nssid=One\nbss=wlan0_1\nssid=Two\nssid=Three\n\ninterface=wlan0\n");
    expect(conf.faults).toEqual([]);
    expect(conf.networks.map(({ ifname, settings }) => [ifname, settings.get("ssid")])).toEqual([
      ["wlan0", "One"],
      ["wlan0_1", "Three"],
    ]);
    expect(networkOf(conf, "wlan0_1")?.settings.get("ssid")).toBe("Three");
    expect(networkOf(conf, "wlan1")).toBeNull();
  });

  test("keeps secrets from being printed, and a passphrase and a PSK take each other's place", () => {
    const conf = parseHostapdConf(
      "wpa_passphrase=home is my castle\nap_pin=12345670\nauth_server_addr=::1\nauth_server_shared_secret=between us\n",
    );
    expect(JSON.stringify([...conf.networks[0].secrets])).not.toMatch(/castle|12345670/);
    expect(JSON.stringify(conf.networks[0].radiusServers)).not.toContain("between us");
    expect(conf.networks[0].radiusServers).toMatchObject([{ address: "::1", port: 1812 }]);
    const later = parseHostapdConf(`wpa_passphrase=home is my castle\nwpa_psk=${"ab".repeat(32)}\nap_pin=1\nap_pin=\n`);
    expect([...later.networks[0].secrets.keys()]).toEqual(["wpa_psk"]);
  });

  test("may name several RADIUS servers, each with its own port and secret", () => {
    const conf = parseHostapdConf(
      "auth_server_addr=10.0.0.1\nauth_server_port=1\nauth_server_addr=10.0.0.2\nauth_server_shared_secret=b\n",
    );
    expect(conf.networks[0].radiusServers).toMatchObject([
      { address: "10.0.0.1", port: 1, secret: null },
      { address: "10.0.0.2", port: 1812 },
    ]);
  });

  test("names the lines that hostapd refuses it for, without their values", () => {
    const text = "no sign\n ssid=x\nbss=\nauth_server_port=1\n".concat("x".repeat(4095));
    const { faults } = parseHostapdConf(text);
    expect(faults.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
    for (const { reason } of faults) expect(reason).toMatch(/^Line \d .*\.$/);
  });

  test("gives numbers as hostapd reads them", () => {
    const [network] = parseHostapdConf("a=2 # two\nb=x\nc=-1").networks;
    expect(["a", "b", "c", "d"].map((name) => numberOf(network, name))).toEqual([2, 0, -1, 0]);
  });

  test("is read from any text without a throw", () => {
    const pieces = fc.constantFrom("interface=a\n", "bss=b\n", "auth_server_addr=c\n", "=", "\n", "#", "wpa_psk=1\n");
    fc.assert(fc.property(fc.array(fc.oneof(pieces, fc.string())), (parts) => void parseHostapdConf(parts.join(""))));
  });
});
