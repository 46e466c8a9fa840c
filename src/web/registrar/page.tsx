/** The registrar's pages: one at a time, named in the address after `#/`, with one instance chosen for all of them. */
import { useEffect, useState } from "preact/hooks";
import { Fold } from "../parts/fold.tsx";
import { Frame } from "../parts/frame.tsx";
import { type Door, LoginGate } from "../parts/login.tsx";
import { ServiceSettings } from "../parts/service-settings.tsx";
import { t } from "../words/words.ts";
import { AccessPoints } from "./access-points.tsx";
import { Activity } from "./activity.tsx";
import { Devices } from "./devices.tsx";
import { Process } from "./process.tsx";
import { type Registrar, useRegistrar } from "./registrar.ts";
import { Setup } from "./setup.tsx";

const tabs = ["process", "setup", "devices", "activity", "access-points"] as const;
type Tab = (typeof tabs)[number];

export function RegistrarPage() {
  return <LoginGate>{(door) => <Pages door={door} />}</LoginGate>;
}

function Pages({ door }: { readonly door: Door }) {
  const registrar = useRegistrar();
  const tab = useTab();
  const { contact, requests } = registrar;
  const names: Readonly<Record<Tab, string>> = {
    process: "WPS Process",
    setup: "WPS Setup",
    devices: t("devices"),
    activity: t("activity"),
    "access-points": t("accessPoints"),
  };
  return (
    <Frame title="openwps registrar" contact={contact} logOut={door.logOut}>
      <nav class="tabs" aria-label={t("pages")}>
        {tabs.map((one) => (
          <a
            key={one}
            href={`#/${one}`}
            ref={one === tab ? intoView : null}
            aria-current={one === tab ? "page" : undefined}
          >
            {names[one]}
            {one === "process" && requests.length > 0 && <span class="badge">{requests.length}</span>}
          </a>
        ))}
      </nav>
      <main class="registrar">
        <Page tab={tab} registrar={registrar} door={door} />
      </main>
    </Frame>
  );
}

/** On a phone there is not room for all tabs. */
function intoView(tab: HTMLElement | null): void {
  tab?.scrollIntoView({ block: "nearest", inline: "center" });
}

interface PageProps {
  readonly tab: Tab;
  readonly registrar: Registrar;
  readonly door: Door;
}

function Page({ tab, registrar, door }: PageProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const { instances } = registrar;
  if (instances === null) return <p class="soft">{t("looking")}</p>;
  const instance = instances.find(({ id }) => id === chosen) ?? instances[0];
  if (instance === undefined) return <p class="soft">{t("noInstances")}</p>;
  switch (tab) {
    case "process":
      return <Process registrar={registrar} instance={instance} onChoose={setChosen} />;
    case "setup":
      return (
        <div class="stack">
          <Setup registrar={registrar} instance={instance} onChoose={setChosen} />
          <Fold title={t("thisService")}>
            <ServiceSettings door={door} version={`${registrar.contact}`} />
          </Fold>
        </div>
      );
    case "devices":
      return <Devices registrar={registrar} />;
    case "activity":
      return <Activity registrar={registrar} />;
    case "access-points":
      return <AccessPoints registrar={registrar} />;
  }
}

function useTab(): Tab {
  const read = () => tabs.find((tab) => location.hash === `#/${tab}`) ?? "process";
  const [tab, setTab] = useState<Tab>(read);
  useEffect(() => {
    const change = () => setTab(read());
    addEventListener("hashchange", change);
    return () => removeEventListener("hashchange", change);
  }, []);
  return tab;
}
