/**
 * How runs ended, in each language. The keys and the English words are the service's own (src/registrar/outcomes.ts); a
 * test holds them together. What is not here is shown as the service says it.
 */
import type { RunBody } from "../service/bodies.ts";
import type { Text } from "./text.ts";
import { pick } from "./words.ts";

export const OUTCOME_WORDS: readonly Text[] = [
  [
    "It asked to come in, but nobody had opened the network for it.",
    "Es wollte herein, aber niemand hatte ihm das Netz geöffnet.",
    "Il a demandé à entrer, mais personne ne lui avait ouvert le réseau.",
  ],
  [
    "It asked to come in while another device was enrolling.",
    "Es wollte herein, während ein anderes Gerät angemeldet wurde.",
    "Il a demandé à entrer pendant l’inscription d’un autre appareil.",
  ],
  [
    "More than one device had its button pressed, so none was let in.",
    "An mehr als einem Gerät war die Taste gedrückt, darum kam keines herein.",
    "La touche était pressée sur plus d’un appareil ; aucun n’est entré.",
  ],
  [
    "It named another device's address than its own, and was not let in.",
    "Es nannte die Adresse eines anderen Geräts und kam nicht herein.",
    "Il a donné l’adresse d’un autre appareil et n’est pas entré.",
  ],
  [
    "The access point or the disk did not answer, so there was no key to give.",
    "Zugangspunkt oder Datenträger antworteten nicht, darum gab es keinen Schlüssel.",
    "Le point d’accès ou le disque n’a pas répondu ; il n’y avait pas de clé à donner.",
  ],
  ["It was let in and took its key.", "Es kam herein und nahm seinen Schlüssel.", "Il est entré et a pris sa clé."],
  [
    "A Registrar on the network let it in, and it took its key.",
    "Ein Registrar im Netz ließ es herein, und es nahm seinen Schlüssel.",
    "Un registraire du réseau l’a laissé entrer, et il a pris sa clé.",
  ],
  [
    "It knew the device PIN and read the settings of the network; it changed nothing.",
    "Es kannte die Geräte-PIN und las die Einstellungen des Netzes; es änderte nichts.",
    "Il connaissait le PIN et a lu les réglages du réseau ; il n’a rien changé.",
  ],
  [
    "It knew the device PIN and gave the network other settings.",
    "Es kannte die Geräte-PIN und gab dem Netz andere Einstellungen.",
    "Il connaissait le PIN et a donné d’autres réglages au réseau.",
  ],
  [
    "It was handed its key, but never confirmed that; it may come to the network all the same.",
    "Es bekam seinen Schlüssel, bestätigte das aber nie; es kann trotzdem ins Netz kommen.",
    "Il a reçu sa clé sans jamais le confirmer ; il peut tout de même venir sur le réseau.",
  ],
  [
    "The first half of the PIN was wrong.",
    "Die erste Hälfte der PIN war falsch.",
    "La première moitié du PIN était fausse.",
  ],
  [
    "The second half of the PIN was wrong.",
    "Die zweite Hälfte der PIN war falsch.",
    "La seconde moitié du PIN était fausse.",
  ],
  [
    "It stopped answering in the middle.",
    "Es antwortete mittendrin nicht mehr.",
    "Il a cessé de répondre en cours de route.",
  ],
  [
    "The window was closed, or another device came, before it was through.",
    "Es wurde geschlossen, oder ein anderes Gerät kam, bevor es fertig war.",
    "C’était refermé, ou un autre appareil est venu, avant qu’il ait fini.",
  ],
  [
    "It was turned away, because there is no device PIN, or it is locked.",
    "Es wurde abgewiesen, weil es keine Geräte-PIN gibt oder sie gesperrt ist.",
    "Il a été refusé : il n’y a pas de PIN, ou il est verrouillé.",
  ],
  [
    "It came with another kind of password than the one that was expected.",
    "Es kam mit einer anderen Art von Passwort als erwartet.",
    "Il est venu avec un autre type de mot de passe que prévu.",
  ],
  [
    "It wanted settings that no network can have.",
    "Es wollte Einstellungen, die kein Netz haben kann.",
    "Il voulait des réglages qu’aucun réseau ne peut avoir.",
  ],
  [
    "What it sent did not follow the protocol, or was changed on the way.",
    "Was es schickte, folgte nicht dem Protokoll oder wurde unterwegs verändert.",
    "Ce qu’il a envoyé ne suivait pas le protocole, ou a été modifié en route.",
  ],
];

/** How a run ended. */
export function outcomeText({ sentence }: Pick<RunBody, "sentence">): string {
  const text = OUTCOME_WORDS.find(([english]) => english === sentence);
  return text === undefined ? sentence : pick(text);
}
