/** Addresses and moments as people read them. */
import type { RunBody } from "../service/bodies.ts";
import { foreign } from "../words/foreign.ts";
import { language } from "../words/words.ts";

/** `020000000001` is `02:00:00:00:00:01`. */
export function macText(mac: string): string {
  return mac.match(/../g)?.join(":") ?? mac;
}

/** What is known of something, in a line; what is not known is left out. */
export function lineText(...facts: readonly (string | null)[]): string {
  return facts
    .filter((fact) => fact !== null && fact !== "")
    .map((fact) => foreign(fact ?? ""))
    .join(" · ");
}

/** By what a participant of a run is known. */
export function whoText({ macAddress, address }: RunBody["station"]): string {
  return macAddress === null ? (address ?? "") : macText(macAddress);
}

/** `83` seconds are `1:23`. */
export function clockText(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** `12345670` is read and typed as two groups of four. */
export function pinText(pin: string): string {
  return pin.length === 8 ? `${pin.slice(0, 4)} ${pin.slice(4)}` : pin;
}

/** A moment: the time of today, or day and time. @param at ISO 8601 */
export function momentText(at: string): string {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  // English is not the same in all places where people write the date.
  const place = navigator.languages.find((tag) => tag.startsWith(language())) ?? language();
  return new Intl.DateTimeFormat(place, {
    timeStyle: "medium",
    ...(isToday ? {} : { dateStyle: "medium" }),
  }).format(date);
}
