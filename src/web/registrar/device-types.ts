/** What kinds of devices there are, by the category of a Primary Device Type (`6-0050F204-1`), for people. */
import type { Text } from "../words/text.ts";
import { pick } from "../words/words.ts";

const names: Readonly<Record<string, Text>> = {
  "1": ["Computer", "Computer", "Ordinateur"],
  "2": ["Input device", "Eingabegerät", "Périphérique d’entrée"],
  "3": ["Printer", "Drucker", "Imprimante"],
  "4": ["Camera", "Kamera", "Caméra"],
  "5": ["Storage", "Speicher", "Stockage"],
  "6": ["Network device", "Netzwerkgerät", "Équipement réseau"],
  "7": ["Display", "Bildschirm", "Écran"],
  "8": ["Media player", "Abspielgerät", "Lecteur multimédia"],
  "9": ["Game console", "Spielkonsole", "Console de jeux"],
  "10": ["Phone", "Telefon", "Téléphone"],
  "11": ["Audio device", "Audiogerät", "Appareil audio"],
  "12": ["Docking station", "Dockingstation", "Station d’accueil"],
};

/** null: it does not say, or something of its own. */
export function typeName(type: string | null): string | null {
  const name = names[type?.split("-", 1)[0] ?? ""];
  return name === undefined ? null : pick(name);
}
