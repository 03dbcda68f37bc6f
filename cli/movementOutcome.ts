/** Posts movements and tells what became of them; a rejected one leaves the status "incomplete". */
import { type Answer, type Given, unchecked } from "../client/stocklineClient.ts";
import type { ActionContext } from "./command.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";

/** A movement as its acceptance answers it. */
type Accepted = Answer<"POST /v1/movements">["data"][number];

/** How long the API may hold its answer until the outcome is known. */
export const WAIT_SECONDS = 15;

/** Operations that bring movements about. */
type Posting = "POST /v1/movements" | `POST /v1/movements/{id}/${"arrive" | "reverse"}`;

/** Posts the body; answers the movements that came of it, at least one. */
export async function postMovements<O extends Posting>(
  { client }: ActionContext,
  operation: O,
  { wait, ...given }: Omit<Given<O>, "headers" | "form"> & { readonly wait: boolean },
): Promise<readonly [Accepted, ...Accepted[]]> {
  const headers: Record<string, string> = wait ? { prefer: `wait=${WAIT_SECONDS}` } : {};
  const { data } = await client.call(operation, unchecked<Given<O>>({ ...given, headers }));
  const [first, ...others] = data;
  if (first === undefined) throw new Error("the API accepted the movement without naming it");
  return [first, ...others];
}

/** Tells one movement. */
export function tellMovement(context: ActionContext, movement: Accepted): ExitCode {
  context.answer(movement, () => sentenceOf(movement));
  return statusOf([movement]);
}

/** Tells several that belong together. */
export function tellMovements(context: ActionContext, movements: readonly Accepted[]): ExitCode {
  context.answer(movements, () => movements.map((movement) => sentenceOf(movement)).join("\n"));
  return statusOf(movements);
}

function statusOf(movements: readonly Accepted[]): ExitCode {
  return movements.some(({ status }) => status === "rejected") ? EXIT.incomplete : EXIT.ok;
}

function sentenceOf(movement: Accepted): string {
  const { set_aside: aside } = movement;
  if (aside) return `set aside: it could not be applied: ${aside.error}\n${movement.id}`;
  const place = movement.sku ? ` ${movement.sku} at ${movement.warehouse ?? "?"}` : "";
  switch (movement.status) {
    case "applied":
      return `applied:${place} is now ${movement.balance_after ?? "?"} (version ${movement.version ?? "?"})\n${movement.id}`;
    case "rejected":
      return `rejected: ${movement.code ?? "?"}: ${movement.detail ?? ""}\n${movement.id}`;
    default:
      return `${movement.status}:${place || " it is safe and will be applied or rejected"}\n${movement.id}`;
  }
}
