/** Puts a page into the document. */
import { type ComponentType, render } from "preact";
import { useLanguage } from "../words/words.ts";

export function start(Page: ComponentType): void {
  const place = document.getElementById("page");
  if (place !== null) render(<Whole page={Page} />, place);
}

/** Drawn anew as a whole when the language changes; what is in its fields stays. */
function Whole({ page: Page }: { readonly page: ComponentType }) {
  useLanguage();
  return <Page />;
}
