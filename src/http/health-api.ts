/**
 * `GET /healthz`: whether the service can do its work, for whatever starts and restarts services. Needs no password,
 * and so says no more than that.
 */
import { RadioError } from "../radio/station-radio.ts";
import { Type } from "../schema/type.ts";
import { StoreError } from "../store/store.ts";
import type { App } from "./app.ts";
import { type ErrorKey, openRefusals, refuse } from "./errors.ts";

/** Looks whether something is there; throws a `RadioError` or `StoreError` when not. */
export type Check = () => Promise<unknown>;

type Trouble = Extract<ErrorKey, "radio-gone" | "store-gone">;

const words: Record<Trouble, string> = {
  "radio-gone": "The service runs, but its radio does not answer. Its log says more.",
  "store-gone": "The service runs, but what it has stored cannot be read. Its log says more.",
};

/** Adds the endpoint. Whoever asks while somebody else's check goes on gets the same answer: it costs the radio once. */
export function healthApi(app: App, checks: readonly Check[]): void {
  let underWay: Promise<Trouble | null> | null = null;
  const look = () => {
    underWay ??= firstTrouble(checks).finally(() => {
      underWay = null;
    });
    return underWay;
  };
  const schema = {
    summary: "Whether the service can do its work; needs no password",
    security: [],
    response: { 200: Type.Object({ status: Type.Literal("ok") }), ...openRefusals("radio-gone", "store-gone") },
  };
  app.get("/healthz", { schema, config: { open: true } }, async (_request, reply) => {
    const trouble = await look();
    return trouble === null ? { status: "ok" as const } : refuse(reply, trouble, words[trouble]);
  });
}

async function firstTrouble(checks: readonly Check[]): Promise<Trouble | null> {
  try {
    await Promise.all(checks.map((check) => check()));
    return null;
  } catch (error) {
    if (error instanceof RadioError) return "radio-gone";
    if (error instanceof StoreError) return "store-gone";
    throw error;
  }
}
