/** Posts movements and tells what became of them; a rejected one leaves the status "incomplete". */
import { acceptedMovements, type MovementState } from "../client/answers.ts";
import type { ActionContext } from "./command.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";

/** How long the API may hold its answer until the outcome is known. */
export const WAIT_SECONDS = 15;

/** Posts the body; answers the movements that came of it, at least one. */
export async function postMovements(
  { client }: ActionContext,
  path: string,
  { body, wait }: { readonly body: object; readonly wait: boolean },
): Promise<readonly [MovementState, ...MovementState[]]> {
  const headers: Record<string, string> = wait ? { prefer: `wait=${WAIT_SECONDS}` } : {};
  const answer = await client.post(acceptedMovements, path, { body, headers });
  const [first, ...others] = answer.data;
  if (first === undefined) throw new Error("the API accepted the movement without naming it");
  return [first, ...others];
}

/** Tells one movement. */
export function tellMovement(context: ActionContext, movement: MovementState): ExitCode {
  context.answer(movement, () => sentenceOf(movement));
  return statusOf([movement]);
}

/** Tells several that belong together. */
export function tellMovements(
  context: ActionContext,
  movements: readonly MovementState[],
): ExitCode {
  context.answer(movements, () => movements.map((movement) => sentenceOf(movement)).join("\n"));
  return statusOf(movements);
}

function statusOf(movements: readonly MovementState[]): ExitCode {
  return movements.some(({ status }) => status === "rejected") ? EXIT.incomplete : EXIT.ok;
}

function sentenceOf(movement: MovementState): string {
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
