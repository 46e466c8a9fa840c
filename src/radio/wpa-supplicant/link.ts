/** What wpa_supplicant's STATUS and news say of the link: its state, and why there is none. Pure. */
import { toHex } from "../../wsc/bytes.ts";
import type { Link, RadioSetup } from "../station-radio.ts";
import type { ControlNews } from "./events.ts";

/** @param applied what the radio was last told: it decides whether having no link is being off */
export function linkState(status: ReadonlyMap<string, string>, applied: RadioSetup | null): Link["state"] {
  switch (status.get("wpa_state")) {
    case "COMPLETED":
      return status.get("mode") === "AP" ? "accessPoint" : "connected";
    case "INTERFACE_DISABLED":
      return "off";
    case "DISCONNECTED":
    case "INACTIVE":
      return applied?.mode === "off" ? "off" : "disconnected";
    default:
      return applied?.mode === "off" ? "off" : "connecting";
  }
}

/** The name of the network that it is a member of, as STATUS writes it; null without one. */
export function networkIn(status: ReadonlyMap<string, string>): string | null {
  return linkState(status, null) === "connected" ? (status.get("ssid") ?? null) : null;
}

/** Whether the link may be another one after this. */
export function tellsOfLink(news: ControlNews): boolean {
  return news.type === "other" ? news.name === "CTRL-EVENT-STATE-CHANGE" : news.type !== "scanResults";
}

/** A text that differs when the link does. Signal strength moves all the time and is no change of the link. */
export function withoutSignal(link: Link): string {
  return JSON.stringify({ ...link, bss: link.bss && { ...link.bss, rssi: 0, ssid: toHex(link.bss.ssid) } });
}

/** Why the last try to connect failed, as the news tell it. */
export class Trouble {
  value: Link["trouble"] = null;
  #notFound = 0;

  clear(): void {
    this.value = null;
    this.#notFound = 0;
  }

  hear(news: ControlNews): void {
    switch (news.type) {
      case "connected":
      case "gone":
        this.clear();
        break;
      case "trying":
        this.#notFound = 0;
        if (this.value === "notFound") this.value = null;
        break;
      case "networkDisabled":
        this.value = news.reason === "WRONG_KEY" ? "wrongKey" : (this.value ?? "rejected");
        break;
      case "networkNotFound":
        // One scan may well miss an access point.
        this.#notFound++;
        if (this.#notFound > 1) this.value ??= "notFound";
        break;
      case "rejected":
        this.value ??= "rejected";
        break;
    }
  }
}
