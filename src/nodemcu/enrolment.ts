/**
 * One push-button enrolment as NodeMCU's `wps` module tells of it: what happens on the air in, one of five statuses
 * out. Configures nothing and puts nothing back.
 */
import type { Clock } from "../clock/clock.ts";
import { type Bss, type EnrolEvent, type Network, RadioError, type StationRadio } from "../radio/station-radio.ts";
import { chooseNetwork } from "../station/network.ts";
import { isReady } from "../station/sight.ts";
import type { MacAddress } from "../wsc/address.ts";
import { WALK_TIME_MS } from "../wsc/policy/window.ts";

/** How a run ends, numbered as in the firmware. `SCAN_ERR`: no access point with WPS was seen within 10 s. */
export const WPS_STATUS = { SUCCESS: 0, FAILED: 1, TIMEOUT: 2, WEP: 3, SCAN_ERR: 4 } as const;

export type WpsStatus = (typeof WPS_STATUS)[keyof typeof WPS_STATUS];

/** How long it looks for an access point with WPS, and how often it looks around. */
const scanLimitMs = 10_000;
const lookMs = 2_000;

export type Enrolment =
  | { readonly status: typeof WPS_STATUS.SUCCESS; readonly network: Network }
  | { readonly status: Exclude<WpsStatus, typeof WPS_STATUS.SUCCESS> };

type Failure = Exclude<WpsStatus, typeof WPS_STATUS.SUCCESS>;

/** Runs one enrolment; null: the signal has aborted it. The radio is quiet afterwards. */
export async function enrol(radio: StationRadio, clock: Clock, signal: AbortSignal): Promise<Enrolment | null> {
  const enough = new AbortController();
  const either = AbortSignal.any([signal, enough.signal]);
  const view = new View(radio);
  let verdict: Failure | null = null;
  let answered = false;
  const giveUp = (status: Failure) => {
    verdict ??= status;
    enough.abort();
  };

  const walkTime = clock.after(WALK_TIME_MS, () => giveUp(WPS_STATUS.TIMEOUT));
  const scanLimit = clock.after(scanLimitMs, () => {
    if (!answered && !view.hasWps) giveUp(WPS_STATUS.SCAN_ERR);
  });
  const looking = (async () => {
    while (!either.aborted) {
      if (!answered) await view.look(either);
      if (!answered && view.onlyWepInvites) giveUp(WPS_STATUS.WEP);
      await clock.sleep(lookMs, { signal: either }).catch(() => {});
    }
  })();

  let last: EnrolEvent | null = null;
  let peer: MacAddress | null = null;
  try {
    for await (const event of radio.enrol({ type: "pushButton" }, { signal: either })) {
      // What has found no access point that answers may still find none.
      answered = event.type !== "searching";
      last = event;
      if (event.type === "associating") peer = event.peer.bssid;
    }
  } finally {
    walkTime.cancel();
    scanLimit.cancel();
    enough.abort();
    await looking;
  }
  if (signal.aborted) return null;
  if (last?.type === "enrolled") {
    const { peer, credentials } = last;
    if (!view.sees(peer.bssid)) await view.look(signal);
    const network = chooseNetwork(credentials, view.seen);
    return network === null ? { status: WPS_STATUS.FAILED } : { status: WPS_STATUS.SUCCESS, network };
  }
  if (last?.type !== "failed") return { status: verdict ?? WPS_STATUS.FAILED };
  if (last.failure.kind === "timeout") return { status: WPS_STATUS.TIMEOUT };
  if (last.failure.kind !== "noUsableNetwork" || peer === null) return { status: WPS_STATUS.FAILED };
  if (!view.sees(peer)) await view.look(signal);
  return { status: view.usesWep(peer) ? WPS_STATUS.WEP : WPS_STATUS.FAILED };
}

/** What the last scan has shown. */
class View {
  readonly #radio: StationRadio;
  seen: readonly Bss[] = [];

  constructor(radio: StationRadio) {
    this.#radio = radio;
  }

  /** A scan that fails leaves what the last one has shown: the run itself meets a radio's trouble too. */
  async look(signal: AbortSignal): Promise<void> {
    try {
      this.seen = await this.#radio.scan({ signal });
    } catch (error) {
      if (!(error instanceof RadioError) && !signal.aborted) throw error;
    }
  }

  sees(bssid: MacAddress): boolean {
    return this.seen.some((bss) => bss.bssid === bssid);
  }

  usesWep(bssid: MacAddress): boolean {
    return this.seen.some((bss) => bss.bssid === bssid && bss.authMode === "WEP");
  }

  get hasWps(): boolean {
    return this.seen.some(({ wps }) => wps !== null);
  }

  /** Buttons are pressed, and only where WEP is used. */
  get onlyWepInvites(): boolean {
    const inviting = this.seen.filter((bss) => isReady("pushButton", bss));
    return inviting.length > 0 && inviting.every(({ authMode }) => authMode === "WEP");
  }
}
