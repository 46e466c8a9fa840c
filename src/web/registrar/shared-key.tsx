/** The key that all devices of a network share: hidden until somebody asks for it, which is noted, and not for long. */
import { useEffect, useState } from "preact/hooks";
import { faultSaid } from "../parts/notice.tsx";
import { ask } from "../service/ask.ts";
import { language, t } from "../words/words.ts";

const shownMs = 30_000;

export function SharedKey({ instance }: { readonly instance: string }) {
  const [key, setKey] = useState<string | null>(null);
  const [why, setWhy] = useState<string | null>(null);
  useEffect(() => {
    if (key === null) return;
    const timer = setTimeout(() => setKey(null), shownMs);
    return () => clearTimeout(timer);
  }, [key]);

  const show = async () => {
    const answer = await ask<{ key: string }>("POST", `/api/v1/wps/instances/${instance}/key`);
    setKey(answer.ok ? answer.value.key : null);
    setWhy(answer.ok ? null : faultSaid(answer.fault).text);
  };
  if (why !== null) return <span class="soft">{why}</span>;
  if (key !== null) return <code class="key">{key}</code>;
  return (
    <span lang={language()}>
      <span aria-hidden="true">•••••••• </span>
      <button type="button" class="link" onClick={show}>
        {t("showKey")}
      </button>
    </span>
  );
}
