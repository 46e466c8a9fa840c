/** What the registrar's pages know, kept up to date by its events; anew as a whole whenever contact is back. */
import { useEffect, useMemo, useReducer, useState } from "preact/hooks";
import { ask } from "../service/ask.ts";
import type { ChangeBody, CommonBody, EntryBody, InstanceBody, RequestBody, StatusBody } from "../service/bodies.ts";
import { follow } from "../service/follow.ts";
import { oneAtATime, useEvery } from "../service/look.ts";

export interface Instance extends InstanceBody {
  readonly status: StatusBody;
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
  /** Everything that was asked for was answered. */
  readonly whole: boolean;
  /** Asks for everything anew. */
  readonly refresh: () => Promise<void>;
  /** Asks for the status of an instance anew. */
  readonly look: (id: string) => Promise<void>;
}

type Known = Omit<Registrar, "contact" | "refresh" | "look">;

type Learned = (state: Known) => Partial<Known>;

const nothing: Known = {
  whole: true,
  instances: null,
  common: null,
  requests: [],
  devicesVersion: 0,
  activity: [],
};

/** How soon it is asked again where an answer did not come. */
const againMs = 2_000;

const instancesPath = "/api/v1/wps/instances";

/** Entries that are kept to be shown. */
const mostEntries = 200;

export function useRegistrar(): Registrar {
  const [known, learn] = useReducer((state: Known, learned: Learned) => ({ ...state, ...learned(state) }), nothing);
  const [contact, setContact] = useState(true);

  const { refresh, look, onChange } = useMemo(() => {
    /** What has changed since each question that is still open was asked. */
    const since = new Set<ChangeBody[]>();
    /** An answer is as old as its question: what was told in between is put on top of it again. */
    const asking = async (question: () => Promise<Learned>) => {
      const changes: ChangeBody[] = [];
      since.add(changes);
      const answer = await question();
      since.delete(changes);
      learn(answer);
      for (const change of changes) learn((state) => applied(state, change));
    };
    return {
      refresh: oneAtATime(() => asking(readAll)),
      look: (id: string) => asking(() => readStatus(id)),
      onChange: (change: ChangeBody) => {
        for (const changes of since) changes.push(change);
        learn((state) => applied(state, change));
      },
    };
  }, []);

  useEffect(() => {
    const stop = new AbortController();
    const onEvent = (name: string, data: unknown) => {
      const change = changeOf(name, data);
      // Some were missed, or the service tells of what this page does not know.
      if (change === null) void refresh();
      else onChange(change);
    };
    const onContact = (there: boolean) => {
      setContact(there);
      if (there) void refresh();
    };
    void follow("/api/v1/events", { onEvent, onContact }, stop.signal);
    return () => stop.abort();
  }, [refresh, onChange]);
  useEvery(againMs, refresh, contact && !known.whole);

  return { ...known, contact, refresh, look };
}

async function readAll(): Promise<Learned> {
  const [instances, common, requests, activity] = await Promise.all([
    readInstances(),
    ask<CommonBody>("GET", "/api/v1/wps"),
    ask<readonly RequestBody[]>("GET", "/api/v1/requests"),
    ask<readonly EntryBody[]>("GET", `/api/v1/activity?limit=${mostEntries}`),
  ]);
  return (state) => ({
    devicesVersion: state.devicesVersion + 1,
    whole: instances !== null && common.ok && requests.ok && activity.ok,
    ...(instances === null ? {} : { instances }),
    ...(common.ok ? { common: common.value } : {}),
    ...(requests.ok ? { requests: requests.value } : {}),
    ...(activity.ok ? { activity: activity.value } : {}),
  });
}

async function readStatus(of: string): Promise<Learned> {
  const answer = await ask<StatusBody>("GET", `${instancesPath}/${of}/status`);
  if (!answer.ok) return () => ({});
  const status = answer.value;
  return ({ instances }) => ({
    instances: instances?.map((one) => (one.id === of ? { ...one, status } : one)) ?? null,
  });
}

/** null: one of them could not be read, and the others are not all there are. */
async function readInstances(): Promise<readonly Instance[] | null> {
  const list = await ask<readonly InstanceBody[]>("GET", instancesPath);
  if (!list.ok) return null;
  const all = await Promise.all(
    list.value.map(async (instance) => {
      const status = await ask<StatusBody>("GET", `${instancesPath}/${instance.id}/status`);
      return status.ok ? { ...instance, status: status.value } : null;
    }),
  );
  return all.every((one) => one !== null) ? all : null;
}

const changeNames = ["instance", "settings", "requests", "devices", "activity"] as const satisfies ChangeBody["type"][];

/** An event as what it tells of; null: of something else. */
function changeOf(name: string, body: unknown): ChangeBody | null {
  const type = changeNames.find((one) => one === name);
  // An instance that is gone has an address only.
  if (type === undefined || (type === "instance" && !Object.hasOwn(body as object, "status"))) return null;
  return { type, body } as ChangeBody;
}

function applied(state: Known, change: ChangeBody): Partial<Known> {
  switch (change.type) {
    case "instance": {
      const { body } = change;
      const { instances } = state;
      // Before the others are known it would pass for the only one.
      if (instances === null) return {};
      const isKnown = instances.some(({ id }) => id === body.id);
      return { instances: isKnown ? instances.map((one) => (one.id === body.id ? body : one)) : [...instances, body] };
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

/**
 * Keeps true what counts down in a status. Asked for rather than counted here: the service's seconds are not always as
 * long as ours (in the demo they are shorter), and a machine that has slept has missed some.
 */
export function useCounting(registrar: Registrar, { id }: Instance, counts: boolean): void {
  useEvery(1_000, () => registrar.look(id), counts);
}
