/** What an access point's settings mean for WPS. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseHostapdConf } from "./conf-file.ts";
import { FINDING_KEYS, findings, type KeyDelivery } from "./findings.ts";

/** A file that openwps is at its best with. */
const good = [
  "interface=wlan0",
  "ctrl_interface=/run/hostapd",
  "ssid=Home",
  "wpa=2",
  "wpa_key_mgmt=WPA-PSK",
  "rsn_pairwise=CCMP",
  "wpa_passphrase=home is my castle",
  "wps_state=2",
  "config_methods=virtual_push_button keypad",
  "eap_server=0",
  "auth_server_addr=127.0.0.1",
  "auth_server_port=1812",
  "auth_server_shared_secret=between us",
];

function keysOf(lines: readonly string[], keys: KeyDelivery | null = "shared"): readonly string[] {
  const conf = parseHostapdConf(lines.join("\n"));
  return findings({ facts: null, conf, network: conf.networks[0], keys }).map(({ key }) => key);
}

const withLines = (...lines: readonly string[]) => keysOf([...good, ...lines]);
const without = (name: string) => keysOf(good.filter((line) => !line.startsWith(`${name}=`)));

describe("of an access point's settings", () => {
  test("good ones give nothing to say", () => {
    expect(keysOf(good)).toEqual([]);
    const perDevice = good.filter((line) => !line.startsWith("wpa_passphrase"));
    expect(keysOf([...perDevice, "wpa_psk_file=/etc/hostapd.psk"], "file")).toEqual([]);
    expect(keysOf([...perDevice, "macaddr_acl=2", "wpa_psk_radius=2"], "radius")).toEqual([]);
    expect(findings({ facts: null, conf: null, network: null, keys: null })).toEqual([]);
  });

  test.each([
    ["hidden", ["ignore_broadcast_ssid=1"]],
    ["wep", ["wpa=0", "wep_key0=1234567890"]],
    ["tkip-only", ["rsn_pairwise=TKIP"]],
    ["tkip-only", ["wpa=1"]],
    ["wpa3-only", ["wpa_key_mgmt=SAE"]],
    ["wpa3-only", ["wpa_key_mgmt=OWE"]],
    ["enterprise", ["wpa_key_mgmt=WPA-EAP"]],
    ["enterprise", ["wpa=0", "ieee8021x=1"]],
    ["accept-list", ["macaddr_acl=1"]],
    ["psk-radius-alone", ["wpa_psk_radius=2"]],
    ["no-radius-secret", ["auth_server_addr=10.0.0.1"]],
    ["wps-off", ["wps_state=0"]],
    ["file-refused", ["nonsense"]],
  ])("%s forbids WPS", (key, lines) => {
    const conf = parseHostapdConf([...good, ...lines].join("\n"));
    const found = findings({ facts: null, conf, network: conf.networks[0], keys: "shared" });
    expect(found.find((one) => one.key === key)?.weight).toBe("forbids");
  });

  test.each([
    ["own-registrar", ["eap_server=1"]],
    ["not-independent", ["bss=wlan0_1", "wps_state=2"]],
    ["pmf-required", ["ieee80211w=2"]],
    ["open-network", ["wpa=0"]],
    ["device-pin-for-good", ["ap_pin=12345670"]],
    ["setup-locked", ["ap_setup_locked=1"]],
    ["settings-not-applied", ["wps_cred_processing=1"]],
    ["no-button", ["config_methods=keypad"]],
    ["pin-requests-kept", ["wps_pin_requests=/tmp/x"]],
    ["upnp-registrars", ["upnp_iface=br0"]],
  ])("%s weakens it", (key, lines) => {
    expect(withLines(...lines)).toEqual([key]);
  });

  test("what is missing counts too", () => {
    expect(without("rsn_pairwise")).toEqual(["tkip-only"]);
    expect(without("wpa_passphrase")).toEqual(["no-key"]);
    expect(without("ctrl_interface")).toEqual(["no-control"]);
    expect(keysOf(good.filter((line) => !line.startsWith("auth_server")))).toEqual(["nobody-answers"]);
  });

  test("one network of two that is kept apart is enough", () => {
    expect(withLines("bss=wlan0_1", "wps_state=2", "wps_independent=1")).toEqual([]);
  });

  test("a key for each device has needs of its own", () => {
    expect(keysOf(good, "file")).toEqual(["no-key-file", "passphrase-beside-keys"]);
    expect(keysOf(good, "radius")).toEqual(["keys-not-by-radius", "passphrase-beside-keys"]);
    const perDevice = good.filter((line) => !line.startsWith("wpa_passphrase"));
    const sae = [...perDevice, "wpa_psk_file=/etc/hostapd.psk", "wpa_key_mgmt=WPA-PSK SAE"];
    expect(keysOf(sae, "file")).toEqual(["sae-beside-keys"]);
  });

  test("whatever they are, each finding is known, and said in sentences", () => {
    const pieces = fc.constantFrom(...good, "bss=a", "=", "wpa=3", "wep_key0=1", "wpa_key_mgmt=SAE", "eap_server=1");
    const keys = fc.constantFrom("shared", "file", "radius", null);
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string())), keys, (lines, delivery) => {
        const conf = parseHostapdConf(lines.join("\n"));
        for (const network of conf.networks) {
          for (const { key, sentence, hint } of findings({ facts: null, conf, network, keys: delivery })) {
            expect(FINDING_KEYS).toContain(key);
            expect(sentence).toMatch(/^[A-Zch].*\.$/);
            expect(hint).toMatch(/\.$/);
          }
        }
      }),
    );
  });
});
