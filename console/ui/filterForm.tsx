/** A form whose fields are the query of the address: sending it goes there; an address that came otherwise fills it anew. */
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { parsePlace, placeOf } from "../state/place.ts";
import { goTo } from "../state/route.ts";
import { Form } from "./fields.tsx";

type Query = Readonly<Record<string, string | undefined>>;

interface FilterFormProps {
  readonly label: string;
  /** The place that the form is for, and its query as it is now. */
  readonly path: readonly string[];
  readonly query: Query;
  readonly read: (data: FormData) => Query;
  /** Asked for what is shown already: it is read anew. */
  readonly onSame: () => void;
  readonly children: ComponentChildren;
}

/** The form. What was typed, and where the cursor is, stays when it is sent. */
export function FilterForm({ label, path, query, read, onSame, children }: FilterFormProps) {
  const current = JSON.stringify(query);
  const held = useRef({ key: current, expected: current });
  if (held.current.expected !== current) held.current = { key: current, expected: current };
  const submit = (data: FormData): void => {
    const wanted = read(data);
    const expected = JSON.stringify(parsePlace(placeOf(path, wanted)).query);
    if (expected === current) return onSame();
    held.current = { ...held.current, expected };
    goTo(path, wanted);
  };
  return (
    <search>
      <Form key={held.current.key} label={label} row onSubmit={submit}>
        {children}
      </Form>
    </search>
  );
}
