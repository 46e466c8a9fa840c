/** How the device is connected, in a line that is read at a glance. */
import { WifiIcon } from "../parts/icons.tsx";
import type { SystemBody } from "../service/bodies.ts";
import { foreign } from "../words/foreign.ts";
import { t, type WordKey } from "../words/words.ts";

export function LinkCard({ system }: { readonly system: SystemBody | null }) {
  const { line, name, details, percent } = describe(system);
  return (
    <div class="link-now">
      <WifiIcon percent={percent} />
      <div>
        <p class="soft">{line}</p>
        <p class="name">{name}</p>
        {details.length > 0 && <p class="soft details">{details.join(" · ")}</p>}
      </div>
    </div>
  );
}

function describe(system: SystemBody | null) {
  if (system === null) return { line: "\u00a0", name: "\u00a0", details: [], percent: null };
  const { wifi, ethernet } = system;
  const wired = ethernet.ip === null ? [] : [t("byCable", { ip: ethernet.ip })];
  const none = { line: t("wifi"), details: wired, percent: null };
  if (wifi.mode === "OFF" || wifi.status === "Disabled") return { ...none, name: t("wifiOff") };
  if (wifi.mode === "AP")
    return { line: t("hotspot"), name: foreign(wifi.ssid ?? t("hotspotOn")), details: [wifi.ip ?? ""], percent: 100 };
  if (wifi.ssid === null) return { ...none, name: t(wifi.status === "Error" ? "wifiTrouble" : "notConnected") };
  const signal = wifi.signal === null ? [] : [t(signalWord(wifi.signal))];
  const address = wifi.ip ?? t("noAddressYet");
  return {
    line: t(wifi.status === "OK" ? "connectedTo" : "connectingTo"),
    name: wifi.ssid === "" ? t("hiddenNetwork") : foreign(wifi.ssid),
    details: [...signal, address],
    percent: wifi.signal,
  };
}

export function signalWord(percent: number): WordKey {
  return percent >= 75 ? "signalVeryGood" : percent >= 50 ? "signalGood" : percent >= 25 ? "signalFair" : "signalWeak";
}
