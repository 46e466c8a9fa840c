/** Why an access point does not answer. What it is in detail, only the service has words for. */
import { Notice, SaidText } from "../parts/notice.tsx";
import { language, t } from "../words/words.ts";

export function Trouble({ trouble }: { readonly trouble: string | null }) {
  if (trouble === null) return null;
  const isEnglish = language() === "en";
  return (
    <Notice tone="bad">
      <SaidText said={isEnglish ? { text: trouble, english: null } : { text: t("noAccessPoint"), english: trouble }} />
    </Notice>
  );
}
