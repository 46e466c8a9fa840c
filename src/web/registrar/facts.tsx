/** Names with their values, as access points' own pages list them: in English in every language, as people look them up. */
import type { ComponentChildren } from "preact";

export type Fact = readonly [name: string, value: ComponentChildren, tone?: "good" | "bad" | "busy" | ""];

export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl class="facts" lang="en">
      {facts.map(([name, value, tone = ""]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class={tone}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
