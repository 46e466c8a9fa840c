/** Fields of forms: a label, what to enter, and a word about it that screen readers find. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: "text" | "password" | "search";
  readonly autocomplete?: "off" | "current-password" | "new-password";
  readonly inputMode?: "numeric" | "decimal";
  readonly maxLength?: number;
  readonly placeholder?: string;
  /** A word below it. */
  readonly note?: string;
  /** What is wrong with what was entered; takes the place of the note. */
  readonly wrong?: string | null;
}

export function Field({ label, value, onValue, type = "text", note, wrong = null, ...rest }: FieldProps) {
  const id = useId();
  const below = wrong ?? note ?? null;
  // The types of attributes know kinds of fields one by one only.
  const kind = { type } as { type: "text" };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...rest}
        {...kind}
        {...(below === null ? {} : { "aria-describedby": `${id}-note` })}
        id={id}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
        aria-invalid={wrong !== null}
      />
      {below !== null && (
        <p id={`${id}-note`} class={wrong === null ? "note" : "note wrong"}>
          {below}
        </p>
      )}
    </div>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChecked: (checked: boolean) => void;
  readonly disabled?: boolean;
}

export function Switch({ label, checked, onChecked, disabled = false }: SwitchProps) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        aria-checked={checked}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChecked(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: Readonly<Record<T, string>>;
  readonly onValue: (value: T) => void;
  readonly disabled?: boolean;
}

/** A few things to choose one from, side by side. */
export function Choice<T extends string>({ label, value, options, onValue, disabled = false }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset class="choice" disabled={disabled}>
      <legend>{label}</legend>
      <div>
        {(Object.entries(options) as [T, string][]).map(([option, words]) => (
          <label key={option}>
            <input type="radio" name={name} checked={option === value} onChange={() => onValue(option)} />
            <span>{words}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface FormProps {
  readonly onSubmit: () => void;
  readonly children: ComponentChildren;
  readonly className?: string;
}

export function Form({ onSubmit, children, className = "" }: FormProps) {
  const submit = (event: Event) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form class={className} onSubmit={submit} noValidate>
      {children}
    </form>
  );
}
