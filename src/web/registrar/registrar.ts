/** What the registrar's pages know, kept up to date by its events; anew as a whole whenever contact is back. */
import { useCallback, useEffect, useReducer, useState } from "preact/hooks";
import { ask } from "../service/ask.ts";
import type { ChangeBody, CommonBody, EntryBody, InstanceBody, RequestBody, StatusBody } from "../service/bodies.ts";
import { follow } from "../service/follow.ts";

export interface Instance extends InstanceBody {
  readonly status: StatusBody;
  /** When its status was told, by this machine's clock (ms): what is left of a window is told in seconds from then. */
  readonly toldAt: number;
}

export interface Registrar {
  readonly contact: boolean;
  /** null: not heard yet. */
  readonly instances: readonly Instance[] | null;
  readonly common: CommonBody | null;
  readonly requests: readonly RequestBody[];
  /** Another one whenever a device has come, gone or changed; there may be too many to hold them all here. */
  readonly devicesVersion: number;
  /** The last one first. */
  readonly activity: readonly EntryBody[];
  /** Asks for everything anew. */
  readonly refresh: () => Promise<void>;
}

type Known = Omit<Registrar, "contact" | "refresh">;

const nothing: Known = { instances: null, common: null, requests: [], devicesVersion: 0, activity: [] };

/** Entries that are kept to be shown. */
const mostEntries = 200;

export function useRegistrar(): Registrar {
  const [known, learn] = useReducer((state: Known, change: Partial<Known> | ((state: Known) => Partial<Known>)) => {
    return { ...state, ...(typeof change === "function" ? change(state) : change) };
  }, nothing);
  const [contact, setContact] = useState(true);

  const refresh = useCallback(async () => {
    const [instances, common, requests, activity] = await Promise.all([
      readInstances(),
      ask<CommonBody>("GET", "/api/v1/wps"),
      ask<readonly RequestBody[]>("GET", "/api/v1/requests"),
      ask<readonly EntryBody[]>("GET", `/api/v1/activity?limit=${mostEntries}`),
    ]);
    learn((state) => ({
      devicesVersion: state.devicesVersion + 1,
      ...(instances === null ? {} : { instances }),
      ...(common.ok ? { common: common.value } : {}),
      ...(requests.ok ? { requests: requests.value } : {}),
      ...(activity.ok ? { activity: activity.value } : {}),
    }));
  }, []);

  useEffect(() => {
    const stop = new AbortController();
    const onEvent = (name: string, data: unknown) => {
      if (name !== "change") return void refresh();
      learn((state) => applied(state, data as ChangeBody));
    };
    const onContact = (there: boolean) => {
      setContact(there);
      if (there) void refresh();
    };
    void follow("/api/v1/events", { onEvent, onContact }, stop.signal);
    return () => stop.abort();
  }, [refresh]);

  return { ...known, contact, refresh };
}

async function readInstances(): Promise<readonly Instance[] | null> {
  const path = "/api/v1/wps/instances";
  const list = await ask<readonly InstanceBody[]>("GET", path);
  if (!list.ok) return null;
  const all = list.value.map(async (instance) => {
    const status = await ask<StatusBody>("GET", `${path}/${instance.id}/status`);
    return status.ok ? [{ ...instance, status: status.value, toldAt: performance.now() }] : [];
  });
  return (await Promise.all(all)).flat();
}

function applied(state: Known, change: ChangeBody): Partial<Known> {
  switch (change.type) {
    case "instance": {
      const told = { ...change.body, toldAt: performance.now() };
      return { instances: state.instances?.map((one) => (one.id === told.id ? told : one)) ?? null };
    }
    case "settings":
      return { common: change.body };
    case "requests":
      return { requests: change.body };
    case "devices":
      return { devicesVersion: state.devicesVersion + 1 };
    case "activity":
      return {
        activity: [change.body, ...state.activity.filter(({ id }) => id !== change.body.id)].slice(0, mostEntries),
      };
  }
}

/** Seconds that are left of those told then; counts down by itself. @param seconds null: nothing counts */
export function useSecondsLeft(seconds: number | null, toldAt: number): number | null {
  const [now, setNow] = useState(performance.now());
  useEffect(() => {
    if (seconds === null) return;
    setNow(performance.now());
    const timer = setInterval(() => setNow(performance.now()), 1_000);
    return () => clearInterval(timer);
  }, [seconds, toldAt]);
  return seconds === null ? null : Math.max(0, seconds - Math.floor(Math.max(0, now - toldAt) / 1000));
}
