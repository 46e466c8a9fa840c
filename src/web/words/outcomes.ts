/**
 * How runs ended, by their keys (docs/registrar-api.md, "activity"). The English sentence is the service's own. What is
 * not here is shown as the service says it.
 */
import type { Translation } from "./text.ts";

export const OUTCOME_WORDS: Readonly<Record<string, Translation>> = {
  "no-window": [
    "Es wollte herein, aber niemand hatte ihm das Netz geöffnet.",
    "Il a demandé à entrer, mais personne ne lui avait ouvert le réseau.",
  ],
  busy: [
    "Es wollte herein, während ein anderes Gerät angemeldet wurde.",
    "Il a demandé à entrer pendant l’inscription d’un autre appareil.",
  ],
  overlap: [
    "An mehr als einem Gerät war die Taste gedrückt, darum kam keines herein.",
    "La touche était pressée sur plus d’un appareil ; aucun n’est entré.",
  ],
  "foreign-address": [
    "Es nannte die Adresse eines anderen Geräts und kam nicht herein.",
    "Il a donné l’adresse d’un autre appareil et n’est pas entré.",
  ],
  "nothing-to-give": [
    "Zugangspunkt oder Datenträger antworteten nicht, darum gab es keinen Schlüssel.",
    "Le point d’accès ou le disque n’a pas répondu ; il n’y avait pas de clé à donner.",
  ],
  enrolled: ["Es kam herein und nahm seinen Schlüssel.", "Il est entré et a pris sa clé."],
  "settings-read": [
    "Es kannte die Geräte-PIN und las die Einstellungen des Netzes; es änderte nichts.",
    "Il connaissait le PIN et a lu les réglages du réseau ; il n’a rien changé.",
  ],
  configured: [
    "Es kannte die Geräte-PIN und gab dem Netz andere Einstellungen.",
    "Il connaissait le PIN et a donné d’autres réglages au réseau.",
  ],
  "not-confirmed": [
    "Es bekam seinen Schlüssel, bestätigte das aber nie; es kann trotzdem ins Netz kommen.",
    "Il a reçu sa clé sans jamais le confirmer ; il peut tout de même venir sur le réseau.",
  ],
  "wrong-first-half": ["Die erste Hälfte der PIN war falsch.", "La première moitié du PIN était fausse."],
  "wrong-second-half": ["Die zweite Hälfte der PIN war falsch.", "La seconde moitié du PIN était fausse."],
  timeout: ["Es antwortete mittendrin nicht mehr.", "Il a cessé de répondre en cours de route."],
  closed: [
    "Es wurde geschlossen, oder ein anderes Gerät kam, bevor es fertig war.",
    "C’était refermé, ou un autre appareil est venu, avant qu’il ait fini.",
  ],
  "setup-locked": [
    "Es wurde abgewiesen, weil es keine Geräte-PIN gibt oder sie gesperrt ist.",
    "Il a été refusé : il n’y a pas de PIN, ou il est verrouillé.",
  ],
  "other-password": [
    "Es kam mit einer anderen Art von Passwort als erwartet.",
    "Il est venu avec un autre type de mot de passe que prévu.",
  ],
  "bad-settings": [
    "Es wollte Einstellungen, die kein Netz haben kann.",
    "Il voulait des réglages qu’aucun réseau ne peut avoir.",
  ],
  "protocol-error": [
    "Was es schickte, folgte nicht dem Protokoll oder wurde unterwegs verändert.",
    "Ce qu’il a envoyé ne suivait pas le protocole, ou a été modifié en route.",
  ],
  proxied: [
    "Ein Registrar im Netz ließ es herein, und es nahm seinen Schlüssel.",
    "Un registrar du réseau l’a admis, et il a pris sa clé.",
  ],
  "refused-by-device": ["Das andere Ende brach ab.", "L’autre bout a interrompu."],
};
