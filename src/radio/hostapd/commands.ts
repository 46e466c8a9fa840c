/** The commands that this backend gives hostapd, and what it makes of their replies. Knows no windows. */
import { type MacAddress, parseMacAddress } from "../../wsc/address.ts";
import { toHex } from "../../wsc/bytes.ts";
import { Secret } from "../../wsc/secret.ts";
import type { AssociatedStation, NetworkSettings } from "../access-point.ts";
import type { ControlSocket } from "../control/control-socket.ts";
import { RadioError } from "../station-radio.ts";
import type { Replies } from "./facts.ts";

/** hostapd has room for so many (AID); a list that goes on longer goes round in circles. */
const mostStations = 2007;

export class Commands {
  readonly #control: Pick<ControlSocket<never>, "request">;

  constructor(control: Pick<ControlSocket<never>, "request">) {
    this.#control = control;
  }

  /** Sends a command that has nothing to say but OK. */
  async must(command: string): Promise<void> {
    const reply = await this.#control.request(command);
    if (reply !== "OK") throw refusal(command, reply);
  }

  /** As {@link must}, for a command that is as well refused: whether it was taken. */
  async may(command: string): Promise<boolean> {
    return (await this.#control.request(command)) === "OK";
  }

  /** A command that gives data. */
  async ask(command: string): Promise<string> {
    const reply = await this.#control.request(command);
    if (/^(?:FAIL|UNKNOWN COMMAND)/.test(reply)) throw refusal(command, reply);
    return reply;
  }

  config(): Promise<string> {
    return this.ask("GET_CONFIG");
  }

  async replies(): Promise<Replies> {
    const config = await this.config();
    const status = await this.ask("STATUS");
    // One that was built without a part of it still does the rest.
    const mib = await this.#control.request("MIB");
    const version = await this.#control.request("GET version");
    return { config, status, mib, version };
  }

  async stations(): Promise<readonly AssociatedStation[]> {
    const stations: AssociatedStation[] = [];
    let reply = await this.#control.request("STA-FIRST");
    for (let count = 0; count < mostStations; count++) {
      const macAddress = parseMacAddress(reply.slice(0, 17));
      if (macAddress === null) break;
      // A station that is about to join, or to enrol, is in the list too.
      const authorized = /^flags=\S*\[AUTHORIZED\]/m.test(reply);
      // What a device says of itself stands before it.
      const keyId = [...reply.matchAll(/^keyid=(.*)$/gm)].at(-1)?.[1] ?? null;
      if (authorized) stations.push({ macAddress, keyId });
      reply = await this.#control.request(`STA-NEXT ${macAddress}`);
    }
    return stations;
  }

  /** Gives a PIN for whoever comes, or for one station; hostapd forgets it after `seconds`. */
  async enterPin(pin: Secret, seconds: number, authorized: MacAddress | null): Promise<void> {
    const station = authorized === null ? "" : ` ${authorized}`;
    await this.must(`WPS_PIN any ${pin.revealText()} ${seconds}${station}`);
  }

  async configure({ ssid, key }: NetworkSettings): Promise<void> {
    const name = toHex(ssid);
    await this.must(
      key === null ? `WPS_CONFIG ${name} OPEN NONE` : `WPS_CONFIG ${name} WPA2PSK CCMP ${toHex(key.reveal())}`,
    );
  }

  async devicePin(): Promise<Secret | null> {
    const reply = await this.#control.request("WPS_AP_PIN get");
    return /^\d{4,8}$/.test(reply) ? new Secret(reply) : null;
  }

  async setDevicePin(pin: Secret | null, seconds: number): Promise<void> {
    if (pin === null) await this.must("WPS_AP_PIN disable");
    else await this.ask(`WPS_AP_PIN set ${pin.revealText()} ${seconds}`);
  }
}

/** Names the command without its values: among them are keys and PINs. */
export function refusal(command: string, reply: string): RadioError {
  const [name = "", what = ""] = command.split(" ");
  if (reply === "UNKNOWN COMMAND")
    return new RadioError(
      "unsupported",
      `This hostapd does not know the command ${name}.`,
      "Name the socket of one interface, such as /run/hostapd/wlan0, and use a hostapd that was built with WPS.",
    );
  return new RadioError(
    "refused",
    `hostapd refused ${name === "SET" ? `${name} ${what}` : name}.`,
    "Its log says why (journalctl -u hostapd), at more length after: hostapd_cli log_level debug.",
  );
}
