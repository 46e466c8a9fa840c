/**
 * How `openwps er` shows what goes on: objects for programs; for people finished lines, and on a terminal one below them
 * that changes in place.
 */
import type { Clock } from "../clock/clock.ts";
import { LiveLine, type Output, type Paint, paintFor } from "./terminal.ts";

export class ErDisplay {
  readonly paint: Paint;
  readonly #json: boolean;
  readonly #line: LiveLine;
  readonly #clock: Clock;
  #ticking: NodeJS.Timeout | null = null;
  #doing = "";
  #closesAt: number | null = null;

  constructor(json: boolean, clock: Clock, output: Output = process.stdout) {
    this.#json = json;
    this.#clock = clock;
    this.#line = new LiveLine(output);
    this.paint = json ? (_, text) => text : paintFor(output);
  }

  /** What has happened. Without a line it is for programs only. */
  print(object: object, line: string | null): void {
    if (this.#json) this.#line.print(JSON.stringify(object));
    else if (line !== null) this.#line.print(line);
  }

  /** Lines for people alone. */
  say(...lines: readonly string[]): void {
    if (!this.#json) for (const line of lines) this.#line.print(line);
  }

  /** What is going on now, on a terminal only; nothing when empty. */
  now(words: string): void {
    this.#doing = words;
    if (words === "") this.#line.clear();
    this.#refresh();
  }

  /** What is going on from now on, with the time that is left for it. */
  countDown(words: string, closesAt: number): void {
    this.#doing = words;
    this.#closesAt = closesAt;
    if (!this.#json && this.#line.live) this.#ticking ??= setInterval(() => this.#refresh(), 1000);
    this.#refresh();
  }

  close(): void {
    if (this.#ticking !== null) clearInterval(this.#ticking);
    this.now("");
  }

  #refresh(): void {
    if (this.#json || this.#doing === "") return;
    this.#line.show(`${this.#left()}${this.#doing}`);
  }

  #left(): string {
    if (this.#closesAt === null) return "";
    const seconds = Math.max(0, Math.ceil((this.#closesAt - this.#clock.now()) / 1000));
    const left = `${Math.trunc(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    return `${this.paint("cyan", left)}  `;
  }
}
