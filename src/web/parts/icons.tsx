/** The pictures of the pages, as lines in the colour of the text around them. They say nothing that words do not say. */
import type { ComponentChildren } from "preact";

function Icon({ children, className = "" }: { children: ComponentChildren; className?: string }) {
  return (
    <svg class={`icon ${className}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

/** Two arrows that chase each other: the mark beside a WPS button. */
export function WpsIcon() {
  return (
    <Icon>
      <path d="M4.6 10.6a7.6 7.6 0 0 1 13.5-3.2" />
      <path d="M18.6 3.6v4h-4" />
      <path d="M19.4 13.4a7.6 7.6 0 0 1-13.5 3.2" />
      <path d="M5.4 20.4v-4h4" />
    </Icon>
  );
}

export function LockIcon() {
  return (
    <Icon>
      <rect x="5.5" y="11" width="13" height="8.5" rx="2" />
      <path d="M8.5 11V8a3.5 3.5 0 0 1 7 0v3" />
    </Icon>
  );
}

export function OpenLockIcon() {
  return (
    <Icon>
      <rect x="5.5" y="11" width="13" height="8.5" rx="2" />
      <path d="M8.5 11V7.5a3.5 3.5 0 0 1 6.8-1.2" />
    </Icon>
  );
}

export function CheckIcon() {
  return (
    <Icon>
      <path d="m5 12.5 4.5 4.5L19 7.5" />
    </Icon>
  );
}

export function CrossIcon() {
  return (
    <Icon>
      <path d="m6.5 6.5 11 11m0-11-11 11" />
    </Icon>
  );
}

export function ClockIcon() {
  return (
    <Icon>
      <circle cx="12" cy="12" r="8.2" />
      <path d="M12 7.5V12l3 2" />
    </Icon>
  );
}

export function ChevronIcon() {
  return (
    <Icon className="chevron">
      <path d="m9 6 6 6-6 6" />
    </Icon>
  );
}

export function RefreshIcon() {
  return (
    <Icon>
      <path d="M19 12a7 7 0 1 1-2.2-5.1L19 9" />
      <path d="M19 4.5V9h-4.5" />
    </Icon>
  );
}

/** A signal in four bars. @param percent null: there is none */
export function SignalIcon({ percent }: { percent: number | null }) {
  const bars = percent === null ? 0 : percent >= 75 ? 4 : percent >= 50 ? 3 : percent >= 25 ? 2 : 1;
  return (
    <svg class="icon signal" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {[0, 1, 2, 3].map((bar) => (
        <rect
          key={bar}
          class={bar < bars ? "on" : ""}
          x={3 + bar * 5}
          y={15 - bar * 4}
          width="3.4"
          height={5 + bar * 4}
          rx="1.2"
        />
      ))}
    </svg>
  );
}

/** Wi-Fi as an arc over a dot, as bright as the signal is strong. @param percent null: not connected */
export function WifiIcon({ percent }: { percent: number | null }) {
  const arcs = percent === null ? 0 : percent >= 66 ? 3 : percent >= 33 ? 2 : 1;
  return (
    <svg class="icon wifi" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path class={arcs >= 3 ? "on" : ""} d="M2.8 9.4a13 13 0 0 1 18.4 0" />
      <path class={arcs >= 2 ? "on" : ""} d="M6 12.8a8.5 8.5 0 0 1 12 0" />
      <path class={arcs >= 1 ? "on" : ""} d="M9.2 16.1a4 4 0 0 1 5.6 0" />
      <circle class={arcs >= 1 ? "on dot" : "dot"} cx="12" cy="19.2" r="1.3" />
    </svg>
  );
}

const typePaths: Readonly<Record<string, string>> = {
  // Computer, input, printer, camera, storage, network, display, multimedia, gaming, telephone, audio, docking, others.
  "1": "M5 6.5h14v9H5zM3 18.5h18",
  "2": "M4 8h16v8.5H4zM7 11h.1M10.5 11h.1M14 11h.1M17 11h.1M8.5 14h7",
  "3": "M7 9.5V4.5h10v5M5 9.5h14v7h-2.5M7.5 16.5H5v-7M7.5 14h9v5.5h-9z",
  "4": "M4 8.5h3.5L9 6h6l1.5 2.5H20V18H4zM12 16a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
  "5": "M5 5h14v6H5zM5 13h14v6H5zM8 8h.1M8 16h.1",
  "6": "M4.5 13.5h15v5h-15zM7.5 16h.1M10.5 16h.1M16.5 13.5v-5M13.5 6.5a4 4 0 0 1 6 0",
  "7": "M3.5 5.5h17v11h-17zM9 19.5h6M12 16.5v3",
  "8": "M3.5 5.5h17v13h-17zM10.5 9v6l5-3z",
  "9": "M7 8h10a4 4 0 0 1 3.8 5.3l-.8 2.6a2.2 2.2 0 0 1-3.9.5L14.5 14h-5l-1.6 2.4a2.2 2.2 0 0 1-3.9-.5l-.8-2.6A4 4 0 0 1 7 8M8 10v3M6.5 11.5h3M16 11h.1",
  "10": "M8 3.5h8a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1M11 18h2",
  "11": "M5 14a7 7 0 0 1 14 0M5 13.5h2.5v6H5zM16.5 13.5H19v6h-2.5z",
  "12": "M4 16.5h16v3H4zM7 16.5v-8h10v8",
};

/** What kind of device it is, by the category of its Primary Device Type (`6-0050F204-1`). */
export function DeviceIcon({ type }: { type: string | null }) {
  const path =
    typePaths[type?.split("-", 1)[0] ?? ""] ?? "M6 6h12v12H6zM9 3v3M15 3v3M9 18v3M15 18v3M3 9h3M3 15h3M18 9h3M18 15h3";
  return (
    <Icon className="device">
      <path d={path} />
    </Icon>
  );
}
