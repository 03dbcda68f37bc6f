/** Labelled controls of forms, and how their values are read. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { words } from "./format.ts";

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly hint?: string | undefined;
}

interface InputProps extends FieldProps {
  readonly value?: string | undefined;
  readonly type?: "text" | "email" | "password" | "date" | "datetime-local";
  readonly required?: boolean;
  readonly autoComplete?: "off" | "username" | "current-password" | "new-password";
  readonly inputMode?: "decimal" | "numeric";
  /** Id of a list of suggestions. */
  readonly list?: string;
  readonly onInput?: (value: string) => void;
}

/** A line of text, with its label above and its hint below. */
export function Input({ label, name, hint, value, type, list, onInput, ...rest }: InputProps) {
  const id = useId();
  const given = {
    id,
    name,
    defaultValue: value ?? "",
    spellcheck: false,
    autoComplete: "off" as const,
    "aria-describedby": hint === undefined ? undefined : `${id}-hint`,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) =>
      onInput?.(event.currentTarget.value),
    ...rest,
  };
  return (
    <div class="field">
      <label htmlFor={id}>{label}</label>
      {list === undefined ? (
        <Line type={type ?? "text"} given={given} />
      ) : (
        <input type="text" list={list} {...given} />
      )}
      <Hint id={id} hint={hint} />
    </div>
  );
}

interface LineProps {
  readonly type: NonNullable<InputProps["type"]>;
  readonly given: Readonly<Record<string, unknown>>;
}

/** Each type by itself: what goes with one does not go with another. */
function Line({ type, given }: LineProps) {
  switch (type) {
    case "email":
      return <input type="email" {...given} />;
    case "password":
      return <input type="password" {...given} />;
    case "date":
      return <input type="date" {...given} />;
    case "datetime-local":
      return <input type="datetime-local" step={1} {...given} />;
    case "text":
      return <input type="text" {...given} />;
  }
}

interface SelectProps extends FieldProps {
  readonly value?: string | undefined;
  /** Value and what is shown for it. */
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onChange?: (value: string) => void;
}

/** One of several. */
export function Select({ label, name, hint, value, options, onChange }: SelectProps) {
  const id = useId();
  return (
    <div class="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        name={name}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange?.(event.currentTarget.value)}
      >
        {options.map(([option, shown]) => (
          <option key={option} value={option} selected={option === (value ?? "")}>
            {shown}
          </option>
        ))}
      </select>
      <Hint id={id} hint={hint} />
    </div>
  );
}

interface SelectAnyProps extends Pick<SelectProps, "label" | "name" | "value"> {
  readonly of: readonly string[];
}

/** One of several words of the API, or any of them, as filters have it. */
export function SelectAny({ of, ...field }: SelectAnyProps) {
  return (
    <Select {...field} options={[["", "Any"], ...of.map((one) => [one, words(one)] as const)]} />
  );
}

/** Yes or no. */
export function Checkbox({
  label,
  name,
  checked,
}: {
  readonly label: string;
  readonly name: string;
  readonly checked?: boolean;
}) {
  const id = useId();
  return (
    <div class="check">
      <input id={id} name={name} type="checkbox" defaultChecked={checked ?? false} />
      <label htmlFor={id}>{label}</label>
    </div>
  );
}

/** Several lines of text. */
export function TextArea({
  label,
  name,
  hint,
  value,
  rows = 4,
}: FieldProps & { readonly value?: string; readonly rows?: number }) {
  const id = useId();
  return (
    <div class="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        name={name}
        rows={rows}
        spellcheck={false}
        defaultValue={value ?? ""}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      />
      <Hint id={id} hint={hint} />
    </div>
  );
}

function Hint({ id, hint }: { readonly id: string; readonly hint: string | undefined }) {
  if (hint === undefined) return null;
  return (
    <p class="hint" id={`${id}-hint`}>
      {hint}
    </p>
  );
}

interface FormProps {
  readonly label: string;
  readonly onSubmit: (data: FormData, form: HTMLFormElement) => void;
  readonly children: ComponentChildren;
  readonly row?: boolean;
}

/** A form that is handled here and never sent by the browser itself. */
export function Form({ label, onSubmit, children, row }: FormProps) {
  return (
    <form
      aria-label={label}
      class={row === true ? "row" : "stack"}
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation(); // a dialog's form may stand in another one
        onSubmit(new FormData(event.currentTarget), event.currentTarget);
      }}
    >
      {children}
    </form>
  );
}

/** The trimmed text of a field; "" where it is missing. */
export function textOf(data: FormData, name: string): string {
  return rawText(data, name).trim();
}

/** The same as it was typed: blanks belong to a password. */
export function rawText(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === "string" ? value : "";
}

/** The fields that are not empty, by their names. */
export function filled(data: FormData, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => [name, textOf(data, name)]).filter(([, value]) => value !== ""),
  );
}
