/** What goes between a script in its worker thread and the modules on the main thread. Plain values only. */

/** What Lua and the modules hand each other. A callback is handed on as the number that the script's side knows it by. */
export type Value = string | number | boolean | null;

export interface WorkerData {
  /** Two words: the first is 1 when an answer lies at the port. */
  readonly signal: SharedArrayBuffer;
  /** The file as a person named it, for messages. */
  readonly name: string;
  readonly turnMs: number;
  readonly memoryBytes: number;
}

/** From the main thread: one turn of the script. */
export type Turn =
  | { readonly type: "chunk"; readonly text: string; readonly interactive: boolean }
  /** `fields`: for a callback that gets a table, its keys and values in turn. */
  | {
      readonly type: "callback";
      readonly id: number;
      readonly once: boolean;
      readonly args: readonly Value[];
      readonly fields: readonly Value[];
    };

/** From the worker. */
export type Report =
  /** Lua is loaded; told once, before anything else. */
  | { readonly type: "ready" }
  /** The script waits until the answer is at the port. */
  | { readonly type: "call"; readonly name: string; readonly callback: number | null; readonly args: readonly Value[] }
  /** A turn has lasted too long; told once, before the script is stopped there. */
  | { readonly type: "overdue"; readonly where: string }
  | { readonly type: "done" }
  /** An interactive chunk goes on in the next line. */
  | { readonly type: "incomplete" }
  | { readonly type: "failed"; readonly message: string };

export type Answer =
  | { readonly ok: true; readonly values: readonly Value[] }
  | { readonly ok: false; readonly message: string };
