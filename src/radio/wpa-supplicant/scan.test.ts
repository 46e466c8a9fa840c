import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readElements } from "./elements.ts";
import { parseBss } from "./scan.ts";

/** Replies to `BSS <id>` of wpa_supplicant 2.10 about hostapd 2.10 on simulated radios, as they came. */
const recorded = {
  home: `id=0
bssid=02:00:00:00:00:00
freq=2412
beacon_int=100
capabilities=0x0411
qual=0
noise=-92
level=-30
tsf=1795241053155191
age=8
ie=0004686f6d65010882848b960c1218240301010706444520010b142a010432043048606c30140100000fac040100000fac040100000fac020c003b0251002d1a0e001bffff0000000000000000000001000000000000000000003d16010011000000000000000000000000000000000000007f080400400200000040dd180050f2020101010003a4000027a4000042435e0062322f00dd820050f204104a0001101044000102104100010110120002000410530002238c103b00010310470010362db47ba53a519188fb5458b986b2e4102100076f70656e777073102300036c6162102400013110420001311054000800060050f2040001101100064c616220415010080002210c1049000e00372a0001200106ffffffffffff
flags=[WPA2-PSK-CCMP][WPS-PBC][ESS]
ssid=home
`,
  transition: `id=3
bssid=02:00:00:00:01:00
freq=2437
beacon_int=100
capabilities=0x0411
qual=0
noise=-92
level=-30
tsf=1795241053499124
age=9
ie=000a7472616e736974696f6e010882848b960c1218240301062a010432043048606c30180100000fac040100000fac040200000fac02000fac0880003b0251007f080400400200000040dd690050f204104a0001101044000102103b00010310470010572cf82fc95756539b16b5cfb298abf1102100076f70656e777073102300036c6162102400013110420001311054000800060050f2040001101100064c616220415010080002210c1049000600372a000120
flags=[WPA2-PSK+SAE-CCMP][WPS][ESS]
ssid=transition
`,
  wpa3: `id=1
bssid=02:00:00:00:04:00
freq=2412
beacon_int=100
capabilities=0x0411
qual=0
noise=-92
level=-30
tsf=1795241053150390
age=9
ie=000477706133010882848b960c1218240301012a010432043048606c30140100000fac040100000fac040100000fac08c0003b0251007f080400400200000040
flags=[WPA2-SAE-CCMP][ESS]
ssid=wpa3
`,
  old: `id=4
bssid=02:00:00:00:03:00
freq=2462
beacon_int=100
capabilities=0x0411
qual=0
noise=-92
level=-30
tsf=1795241053810315
age=9
ie=00036f6c64010882848b960c12182403010b2a010432043048606c30180100000fac020200000fac04000fac020100000fac0200003b0251007f080400400200000040dd1a0050f20101000050f20202000050f2040050f20201000050f202
flags=[WPA-PSK-CCMP+TKIP][WPA2-PSK-CCMP+TKIP][ESS]
ssid=old
`,
  open: `id=5
bssid=02:00:00:00:02:00
freq=2462
beacon_int=100
capabilities=0x0401
qual=0
noise=-92
level=-30
tsf=1795241053811337
age=10
ie=00046f70656e010882848b960c12182403010b2a010432043048606c3b0251007f080400400200000040
flags=[ESS]
ssid=open
`,
  company: `id=2
bssid=02:00:00:00:05:00
freq=2437
beacon_int=100
capabilities=0x0411
qual=0
noise=-92
level=-30
tsf=1795241053492752
age=9
ie=0007636f6d70616e79010882848b960c1218240301062a010432043048606c30140100000fac040100000fac040100000fac0100003b0251007f080400400200000040
flags=[WPA2-EAP-CCMP][ESS]
ssid=company
`,
} as const;

function bssOf(name: keyof typeof recorded) {
  const entry = parseBss(recorded[name]);
  if (entry === null) throw new Error(`${name} was not read`);
  return entry.bss;
}

describe("an access point in wpa_supplicant's table", () => {
  test("is read with all that the API shows of it, and with its open window", () => {
    expect(parseBss(recorded.home)).toEqual({
      id: 0,
      age: 8,
      bss: {
        bssid: "02:00:00:00:00:00",
        ssid: new TextEncoder().encode("home"),
        frequency: 2412,
        rssi: -30,
        ht: "20",
        authMode: "WPA2",
        pairwiseCipher: "CCMP",
        groupCipher: "CCMP",
        phy: "bgn",
        country: "DE",
        wps: {
          selectedRegistrar: true,
          devicePasswordId: 4,
          setupLocked: false,
          configured: true,
          uuid: expect.stringMatching(/^[0-9a-f]{32}$/),
          deviceName: "Lab AP",
        },
      },
    });
  });

  test("tells how it protects itself", () => {
    const facts = (name: keyof typeof recorded) => {
      const { authMode, pairwiseCipher, groupCipher } = bssOf(name);
      return [authMode, pairwiseCipher, groupCipher];
    };
    expect(facts("transition")).toEqual(["WPA2-WPA3", "CCMP", "CCMP"]);
    expect(facts("wpa3")).toEqual(["WPA3", "CCMP", "CCMP"]);
    expect(facts("old")).toEqual(["WPA-WPA2", "TKIP-CCMP", "TKIP"]);
    expect(facts("company")).toEqual(["EAP", "CCMP", "CCMP"]);
    expect(facts("open")).toEqual(["open", "none", "none"]);
  });

  test("tells on which side its second channel lies", () => {
    const htOf = (operation: string) =>
      parseBss(recorded.home.replace(/ie=.*/, `ie=3d16${operation.padEnd(44, "0")}`))?.bss.ht;
    expect([htOf("0100"), htOf("0105"), htOf("0107"), htOf("0102")]).toEqual(["20", "40+", "40-", "20"]);
  });

  test("is WEP when it claims privacy and says nothing more of it", () => {
    const reply = recorded.open.replace("capabilities=0x0401", "capabilities=0x0411");
    expect(parseBss(reply)?.bss).toMatchObject({ authMode: "WEP", pairwiseCipher: "WEP", groupCipher: "WEP" });
  });

  test("has WPS only if it says so, and a window only while one is open", () => {
    expect(bssOf("open").wps).toBeNull();
    expect(bssOf("transition").wps).toMatchObject({ selectedRegistrar: false, devicePasswordId: null });
  });

  test("that is hidden has no name, unless wpa_supplicant was told it", () => {
    const hidden = (ssid: string) =>
      parseBss(`id=1\nbssid=02:00:00:00:00:00\nfreq=2412\nlevel=-30\nie=000400000000\nssid=${ssid}\n`)?.bss.ssid;
    expect(hidden("\\x00\\x00\\x00\\x00")).toEqual(new Uint8Array());
    expect(hidden("")).toEqual(new Uint8Array());
    expect(hidden("home")).toEqual(new TextEncoder().encode("home"));
  });

  test("is nothing when the reply is none of an access point", () => {
    for (const reply of ["", "FAIL", "id=1\nbssid=nonsense\nfreq=2412\nlevel=-30\n", "id=1\nfreq=2412"])
      expect(parseBss(reply)).toBeNull();
  });
});

test("elements of any bytes are read without a throw", () => {
  const beginning = fc.constantFrom(...["30", "dd", "ff", "3d", "00", "07", "01"].map((id) => Number.parseInt(id, 16)));
  const element = fc.tuple(beginning, fc.uint8Array({ maxLength: 60 }), fc.nat({ max: 3 })).map(([id, value, cut]) => {
    const whole = [id, value.length, ...(id === 0xdd ? [0x00, 0x50, 0xf2, cut] : []), ...value];
    return Uint8Array.from(whole);
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(element, fc.uint8Array())), fc.boolean(), (parts, privacy) => {
      const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
      const { ssid } = readElements(bytes, { frequency: 2412, privacy });
      expect(ssid.length).toBeLessThanOrEqual(32);
    }),
  );
});
