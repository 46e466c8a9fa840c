/** What is said when a device was sent away: more where something is left of it. */
import type { RevokedBody } from "../service/bodies.ts";
import { type Said, said } from "../words/said.ts";
import { t } from "../words/words.ts";

/** @param body null: nothing is left to say */
export function revokedSaid(body: RevokedBody | null, name: string): Said {
  return body === null ? { text: t("sentAway", { name }), english: null } : said(body.key, body.message);
}
