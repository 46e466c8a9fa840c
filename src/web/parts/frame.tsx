/** What is around every page: its name above, the language and the way out below, and a word when contact is lost. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { type Language, language, languages, setLanguage, t } from "../words/words.ts";

interface FrameProps {
  readonly title: string;
  /** Beside the title. */
  readonly aside?: ComponentChildren;
  readonly contact: boolean;
  /** What to do while there is no contact, instead of the usual words. */
  readonly lost?: ComponentChildren;
  readonly logOut?: (() => void) | null;
  readonly children: ComponentChildren;
}

export function Frame({ title, aside, contact, lost, logOut = null, children }: FrameProps) {
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <div class="frame">
      <header class="top">
        <h1>{title}</h1>
        {aside}
      </header>
      <div class="lost" role="status">
        {!contact && <p class="notice bad">{lost ?? t("noContact")}</p>}
      </div>
      {children}
      <Foot logOut={logOut} />
    </div>
  );
}

function Foot({ logOut }: { readonly logOut: (() => void) | null }) {
  return (
    <footer>
      <label class="language">
        <span class="unseen">{t("language")}</span>
        <select value={language()} onChange={(event) => setLanguage(event.currentTarget.value as Language)}>
          {Object.entries(languages).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <a href="/api/openapi.json">API</a>
      {logOut !== null && (
        <button type="button" class="link" onClick={logOut}>
          {t("logOut")}
        </button>
      )}
    </footer>
  );
}
