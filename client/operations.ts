/** Types of the API's operations, made from apiTypes.ts: what one takes, what it answers. Types only, so that any client may use them. */
import type { Operations } from "./apiTypes.ts";

/** Method and path of an operation, e.g. "GET /v1/items/{id}". */
export type Operation = keyof Operations;
/** What an operation answers when it succeeds. */
export type Answer<O extends Operation> = Operations[O]["answer"];
/** What an operation takes: path, query and body, as far as it has them. */
export type Taken<O extends Operation> = Omit<Operations[O], "answer" | "problem">;
/** Operations that answer pages of rows. */
export type ListOperation = {
  [O in Operation]: Answer<O> extends { readonly data: readonly unknown[] } ? O : never;
}[Operation];
/** A row of a list. */
export type Row<O extends ListOperation> =
  Answer<O> extends { readonly data: readonly (infer R)[] } ? R : never;
/** An operation that demands nothing may be called with nothing. */
export type Arguments<G> = Record<never, never> extends G ? [given?: G] : [given: G];
