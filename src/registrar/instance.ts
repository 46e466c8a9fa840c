/**
 * One access point with the windows that people open on it: what the policies decide is done here (shown on the air,
 * told to the onlooker, put to the run under way), and time is brought to them. At most one window is open.
 */
import type { Clock, Instant, Timer } from "../clock/clock.ts";
import type { AdvertisedWindow, WindowEnd } from "../radio/access-point.ts";
import type { MacAddress } from "../wsc/address.ts";
import { CONFIG_ERROR } from "../wsc/attributes.ts";
import { toHex } from "../wsc/bytes.ts";
import type { Pin } from "../wsc/pin.ts";
import { type PinWindowInput, type PinWindowState, stepPinWindow } from "../wsc/policy/pin-window.ts";
import {
  NO_BUTTON_PRESSED,
  type PushButtonInput,
  type PushButtonState,
  stepPushButton,
} from "../wsc/policy/push-button.ts";
import type { CloseReason, RefusalReason, RunOutcome, WindowAction } from "../wsc/policy/window.ts";
import type { EnrolleeIdentity } from "../wsc/session/registrar.ts";
import { Announcement, type Display, farewellMs } from "./announcement.ts";
import { type WindowEvent, type WindowMethod, windowMethodOf } from "./events.ts";
import { Quiet } from "./quiet.ts";

/** The part of a run that a window needs to end it. */
export interface Refusable {
  refuse(configError: number): void;
}

/** Whom the open window has let in. */
interface Guest {
  readonly run: Refusable;
  readonly method: WindowMethod;
  readonly macAddress: MacAddress;
  readonly uuid: string;
}

/** A device that has its key is on the network within so long, or is not awaited any more. */
const arrivalMs = 5_000;

/** The answer to a device that asks. */
export type Decision = Extract<WindowAction, { readonly type: "admit" | "refuse" }>;

/** The Configuration Error that a refused device is sent. */
export function configErrorOf(reason: RefusalReason): number {
  switch (reason) {
    case "overlap":
      return CONFIG_ERROR.multiplePbcDetected;
    case "foreignAddress":
      return CONFIG_ERROR.rogueActivity;
    case "noWindow":
    case "busy":
    case "noGrant":
      return CONFIG_ERROR.none;
  }
}

export interface InstanceOptions {
  readonly accessPoint: Display;
  readonly clock: Clock;
  readonly tell: (event: WindowEvent) => void;
  /** The access point's own Registrar lets devices in, so that it has to know the PIN. It does not, without this. */
  readonly answersItself?: (() => boolean) | undefined;
}

export class Instance {
  readonly #clock: Clock;
  readonly #tell: (event: WindowEvent) => void;
  readonly #answersItself: () => boolean;
  readonly #announcement: Announcement;
  #button: PushButtonState = NO_BUTTON_PRESSED;
  #pin: PinWindowState = null;
  /** The run that the open window has let in. */
  #guest: Guest | null = null;
  readonly #quiet: Quiet;
  #timer: Timer | null = null;
  /** The one device that the open window is for; null: for whoever comes first. */
  #only: MacAddress | null = null;
  /** The onlooker has been told that the open window waits. */
  #isPending = false;

  constructor({ accessPoint, clock, tell, answersItself = () => false }: InstanceOptions) {
    this.#clock = clock;
    this.#quiet = new Quiet(clock);
    this.#tell = tell;
    this.#answersItself = answersItself;
    this.#announcement = new Announcement(accessPoint, clock, (readyAt) => this.#waitUntil(readyAt));
  }

  /** A device is being let in through the window that is open. */
  get isTaken(): boolean {
    return this.#guest !== null;
  }

  get isOpen(): boolean {
    return this.openMethod !== null;
  }

  /** By what the open window lets a device in; null: none is open. */
  get openMethod(): WindowMethod | null {
    if (this.#button.window !== null) return "pushButton";
    return this.#pin === null ? null : "pin";
  }

  /**
   * A press that finds several devices in push-button mode leaves everything as it is.
   * @param only lets in this device and no other
   */
  async press(only: MacAddress | null = null): Promise<"open" | "overlap"> {
    const step = stepPushButton(this.#button, { type: "pressed" }, this.#clock.now());
    const opens = step.actions.some(({ type }) => type === "opened");
    if (opens) this.#stepPin({ type: "stopped" });
    if (opens) this.#only = only;
    this.#button = step.state;
    this.#perform("pushButton", step.actions);
    if (!opens) return "overlap";
    await this.#isShown();
    return "open";
  }

  /** The access point's own button was pressed, and it shows a window already. */
  async pressedThere(): Promise<void> {
    if ((await this.press()) === "overlap" && this.#button.window === null) this.#announcement.takeBack();
  }

  /** The same where nobody is to be let in. */
  pressedInVain(): void {
    this.#announcement.takeBack();
  }

  /** Registrars elsewhere have this announced, beside whatever window is open here. */
  announceOthers(window: AdvertisedWindow | null): void {
    this.#announcement.showTheirs(window);
  }

  /** A Registrar elsewhere has let a device in: its button counts no more. @param uuid 32 hex digits, lower case */
  letInElsewhere(uuid: string): void {
    // A window that is open here is another device's.
    if (this.#button.window === null) this.#stepButton({ type: "ended", uuid, outcome: "enrolled" });
  }

  /** The access point shows no window any more. One that was switched off is told again when it is back. */
  hidden(reason: WindowEnd): void {
    if (reason === "off") return;
    this.#announcement.hidden(reason);
    this.#close(reason === "timeout" || reason === "enrolled" ? reason : "stopped");
  }

  /** The access point may have forgotten what it shows; it is told once more. */
  showAgain(): void {
    this.#announcement.again();
  }

  /** @param only lets in this device and no other */
  async enterPin(pin: Pin, only: MacAddress | null = null): Promise<void> {
    this.#close();
    this.#only = only;
    this.#stepPin({ type: "entered", pin });
    await this.#isShown();
  }

  async stop(): Promise<void> {
    this.#close();
    this.#announcement.hideNow();
    await this.#announcement.settled();
  }

  /** The same for good; nobody waits for anybody any more. */
  close(): Promise<void> {
    const stopped = this.stop();
    this.#quiet.close();
    return stopped;
  }

  /** A device in push-button mode was seen. @param uuid 32 hex digits, lower case */
  seen(uuid: string): void {
    this.#stepButton({ type: "seen", uuid });
  }

  /** A device asks to be let in by `run`; if it is, {@link ended} is to follow. */
  ask(enrollee: EnrolleeIdentity, run: Refusable): Decision {
    const method = windowMethodOf(enrollee);
    const uuid = toHex(enrollee.uuid);
    if (this.#only !== null && this.#only !== enrollee.macAddress) return { type: "refuse", reason: "noWindow" };
    const actions =
      method === "pushButton" ? this.#stepButton({ type: "asked", uuid }) : this.#stepPin({ type: "asked" });
    const decision = actions.find((action) => action.type === "admit" || action.type === "refuse");
    if (decision?.type === "admit") {
      this.#guest = { run, method, macAddress: enrollee.macAddress, uuid };
      this.#quiet.began(enrollee.macAddress);
    }
    return decision ?? { type: "refuse", reason: "noWindow" };
  }

  /** Resolves when nobody is being let in, and whoever was has come to the network, or been told no; or after so long. */
  whenIdle(withinMs: number): Promise<void> {
    return this.#quiet.whenNobody(withinMs);
  }

  /** A station has shown its key and is on the network. */
  connected(station: MacAddress): void {
    this.#quiet.arrived(station);
  }

  /** The run that was let in is over. Of one whose window has closed in the meantime nothing comes any more. */
  ended(run: Refusable, outcome: RunOutcome): void {
    const guest = this.#guest;
    if (guest?.run !== run) return;
    this.#forgetGuest(outcome === "enrolled" || outcome === "credentialGiven" ? arrivalMs : farewellMs);
    if (guest.method === "pushButton") this.#stepButton({ type: "ended", uuid: guest.uuid, outcome });
    else this.#stepPin({ type: "ended", outcome });
  }

  #close(reason: CloseReason = "stopped"): void {
    this.#stepButton({ type: "stopped", reason });
    this.#stepPin({ type: "stopped", reason });
  }

  #stepButton(input: PushButtonInput): readonly WindowAction[] {
    const { state, actions } = stepPushButton(this.#button, input, this.#clock.now());
    this.#button = state;
    this.#perform("pushButton", actions);
    return actions;
  }

  #stepPin(input: PinWindowInput): readonly WindowAction[] {
    const { state, actions } = stepPinWindow(this.#pin, input, this.#clock.now());
    this.#pin = state;
    this.#perform("pin", actions);
    return actions;
  }

  #perform(method: WindowMethod, actions: readonly WindowAction[]): void {
    for (const action of actions) {
      switch (action.type) {
        case "opened":
          this.#wakeAt(action.closesAt);
          this.#announcement.show(method === "pushButton" ? { method } : this.#pinWindow());
          this.#tell({ type: "windowOpened", method, closesAt: action.closesAt });
          break;
        case "closed":
          this.#timer?.cancel();
          this.#only = null;
          if (action.reason === "enrolled") this.#announcement.hideSoon();
          else this.#announcement.show(null);
          this.#tell({ type: "windowClosed", method, reason: action.reason });
          this.#sendAway(CONFIG_ERROR.none);
          break;
        case "overlap":
          this.#tell({ type: "overlap" });
          if (this.#guest?.method === "pushButton") this.#guest.run.refuse(CONFIG_ERROR.multiplePbcDetected);
          break;
        case "admit":
        case "refuse":
          break; // The answer of `ask`.
      }
    }
  }

  /** No credential leaves through a window that is closed, however far the run is. */
  #sendAway(configError: number): void {
    const guest = this.#guest;
    this.#forgetGuest(farewellMs);
    guest?.run.refuse(configError);
  }

  /** @param awaitedMs for so long at most it is not to be disturbed */
  #forgetGuest(awaitedMs: number): void {
    if (this.#guest !== null) this.#quiet.ended(this.#guest.macAddress, awaitedMs);
    this.#guest = null;
  }

  /** A timer may ring a moment too early; the policy then finds the window still open. */
  #wakeAt(closesAt: Instant): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(Math.max(1, closesAt - this.#clock.now()), () => {
      this.#stepButton({ type: "tick" });
      this.#stepPin({ type: "tick" });
      if (this.#button.window !== null || this.#pin !== null) this.#wakeAt(closesAt);
    });
  }

  /**
   * The open window waits for the access point. Nobody can come before it is shown, so its walk time begins then.
   * @param readyAt null: it is shown
   */
  #waitUntil(readyAt: Instant | null): void {
    const wasPending = this.#isPending;
    this.#isPending = readyAt !== null;
    if (!wasPending && !this.#isPending) return;
    this.#stepButton({ type: "shown", at: readyAt ?? this.#clock.now() });
    const closesAt = this.#button.window?.closesAt ?? this.#pin?.closesAt;
    if (closesAt === undefined) return;
    this.#wakeAt(closesAt);
    this.#tell({ type: "windowPending", readyAt, closesAt });
  }

  #pinWindow(): AdvertisedWindow {
    const pin = this.#answersItself() ? (this.#pin?.password.secret ?? null) : null;
    return { method: "pin", authorized: this.#only, pin };
  }

  /** A window that nobody can see is no window. */
  async #isShown(): Promise<void> {
    try {
      await this.#announcement.settled();
    } catch (trouble) {
      this.#close();
      throw trouble;
    }
  }
}
