/** A part of a page under its title. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { Instance, Registrar } from "./registrar.ts";

/** What a page about one of the networks is given. */
export interface InstancePageProps {
  readonly registrar: Registrar;
  readonly instance: Instance;
  readonly onChoose: (id: string) => void;
}

interface CardProps {
  readonly title: string;
  /** The title is one of access points' own pages, the same in every language. */
  readonly isName?: boolean;
  /** Beside the title. */
  readonly aside?: ComponentChildren;
  readonly className?: string;
  readonly children: ComponentChildren;
}

export function Card({ title, isName = false, aside, className = "", children }: CardProps) {
  const id = useId();
  return (
    <section class={`card ${className}`} aria-labelledby={id}>
      <header>
        <h2 id={id} {...(isName ? { lang: "en" } : {})}>
          {title}
        </h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
