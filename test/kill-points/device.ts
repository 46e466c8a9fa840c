/**
 * A device whose service is killed again and again, while its radio and its state folder live on. The service that has
 * recovered from one kill is the one that the next kill is for: most of what a kill costs is the start after it.
 */
import type { AirWorld } from "../../src/registrar/air-world.ts";
import { type Beginning, begin, type Story } from "./stories.ts";
import { closeWindows, foundIn, never, type Relay, type Service, type State, startService } from "./world.ts";

/** Where a service is killed. */
export interface KillPoint {
  /** A line that passes between it and its radio; 1 is the first. */
  readonly line: number;
  /** Milliseconds after that line has arrived; null: it never arrives. */
  readonly after?: number | null;
  /** And once more, at this line of its recovery. */
  readonly again?: number;
}

/** What became of a story. */
export interface Played {
  /** Lines that had passed between service and radio by its end. */
  readonly lines: number;
  /** The story was told to be done for good before the service was killed. */
  readonly done: boolean;
  /** In which state it was found, by its own words and by its radio. */
  readonly state: State;
}

export class Device {
  readonly #folder: string;
  readonly #options: readonly string[];
  readonly #world: AirWorld;
  readonly #relay: Relay;
  #service: Service | null = null;

  /** @param place its state folder, and what tells it from other devices; `options` go to its service */
  constructor(
    place: { readonly folder: string; readonly world: AirWorld; readonly relay: Relay },
    options: readonly string[],
  ) {
    this.#folder = place.folder;
    this.#world = place.world;
    this.#relay = place.relay;
    this.#options = options;
  }

  /** Plays a story to its end. @throws when that is another one than the story tells */
  async live(story: Story): Promise<Played> {
    const service = await this.#ready(story);
    const done = await story.act(service, this.#world);
    if (!done) throw new Error(`${story.name}: it does not end as it should`);
    return { lines: this.#relay.lines(), done, state: await foundIn(this.#world, [story.after]) };
  }

  /** Kills the service in the middle of the story, starts it anew, and looks at the device. */
  async die(story: Story, { line, after = null, again }: KillPoint): Promise<Played> {
    const victim = await this.#ready(story);
    const kill = () => void victim.kill();
    this.#relay.killAt(line, after === null ? kill : () => setTimeout(kill, after), after !== null);
    const done = await story.act(victim, this.#world).catch(() => false);
    const lines = this.#relay.lines();
    // A run with fewer lines than the one that was counted is over by now.
    await victim.kill();
    this.#service = null;
    if (again !== undefined) await this.#dieInRecovery(again);
    this.#relay.killAt(never, () => undefined);
    return { lines, done, state: await this.#whereItSays(await this.#start()) };
  }

  async kill(): Promise<void> {
    await this.#service?.kill();
    this.#service = null;
  }

  /** A service whose device is as the story begins, with nothing left of the last one. */
  async #ready({ begins, before }: Story): Promise<Service> {
    const service = this.#service ?? (await this.#start());
    await closeWindows(this.#world);
    await begin(service, begins);
    await foundIn(this.#world, [before]);
    this.#relay.killAt(never, () => undefined);
    return service;
  }

  async #start(): Promise<Service> {
    this.#service = await startService(this.#relay.path, this.#folder, this.#options).ready;
    return this.#service;
  }

  async #dieInRecovery(line: number): Promise<void> {
    const started = startService(this.#relay.path, this.#folder, this.#options);
    this.#relay.killAt(line, () => void started.kill());
    // A recovery with fewer lines is over when it listens.
    await started.ready.catch(() => undefined);
    await started.kill();
  }

  /** The state that the service names, when the radio is in it. */
  async #whereItSays(service: Service): Promise<State> {
    await service.ended();
    const { mode } = (await service.ask("GET", "/api/v1/wifi/mode")).body as { mode: Beginning };
    const { name } = (await service.ask("GET", "/api/v1/wifi/sta/settings")).body as { name: State };
    return foundIn(this.#world, [mode === "STA" ? name : mode]);
  }
}
