/** A card that is folded away until somebody wants it. */
import type { ComponentChildren } from "preact";
import { ChevronIcon } from "./icons.tsx";

interface FoldProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

/** What is needed seldom is a press away. */
export function Fold({ title, children }: FoldProps) {
  return (
    <details class="card fold">
      <summary>
        <h2>{title}</h2>
        <ChevronIcon />
      </summary>
      <div class="inside">{children}</div>
    </details>
  );
}
