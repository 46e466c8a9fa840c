/** The language of a page: chosen once from what the browser prefers, or by the person, and then kept in this browser. */
import { useEffect, useState } from "preact/hooks";
import { foreign } from "./foreign.ts";
import { WORDS } from "./table.ts";
import type { Text, Translation } from "./text.ts";

export const languages = { en: "English", de: "Deutsch", fr: "Français" } as const;
export type Language = keyof typeof languages;
export type WordKey = keyof typeof WORDS;

const order: readonly Language[] = ["en", "de", "fr"];
const storageKey = "openwps-language";
const followers = new Set<() => void>();
let current: Language = firstLanguage();
document.documentElement.lang = current;

function firstLanguage(): Language {
  const wanted = [stored(), ...navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase())];
  return wanted.find((one): one is Language => order.some((language) => language === one)) ?? "en";
}

function stored(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null; // A browser that keeps nothing asks its person again.
  }
}

export function language(): Language {
  return current;
}

export function setLanguage(next: Language): void {
  current = next;
  document.documentElement.lang = next;
  try {
    localStorage.setItem(storageKey, next);
  } catch {
    // It holds for as long as the page is open.
  }
  for (const tell of followers) tell();
}

/** Draws the component that calls it anew when the language changes. */
export function useLanguage(): Language {
  const [, draw] = useState(0);
  useEffect(() => {
    const tell = () => draw((count) => count + 1);
    followers.add(tell);
    return () => void followers.delete(tell);
  }, []);
  return current;
}

/** The text in the language of the page, with what goes in its places: `{name}`. */
export function pick(text: Text, places: Readonly<Record<string, string | number>> = {}): string {
  return (
    text[order.indexOf(current)]?.replaceAll(/\{(\w+)\}/g, (_, name: string) => foreign(`${places[name] ?? ""}`)) ?? ""
  );
}

/** What the service says itself, in the language of the page where that is known. */
export function ownOr(english: string, words: Text | Translation | undefined): string {
  if (words === undefined) return english;
  return pick(words.length === 3 ? words : [english, ...words]);
}

/** The words of the table under this key. */
export function t(key: WordKey, places?: Readonly<Record<string, string | number>>): string {
  return pick(WORDS[key], places);
}
