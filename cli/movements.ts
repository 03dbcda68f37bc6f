/** `movements` posts one movement and waits for its outcome, or shows where a movement stands. */
import type { Command } from "commander";
import { acceptedMovements, type MovementState, movementState } from "../client/answers.ts";
import { MOVEMENT_TYPES } from "../domain/movement.ts";
import { type ActionContext, runAction, type Shell } from "./command.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";
import { UsageError } from "./usageError.ts";

/** How long the API may hold its answer until the outcome is known. */
const WAIT_SECONDS = 15;

interface PostOptions {
  readonly to?: string;
  readonly id?: string;
  readonly unitCost?: string;
  readonly currency?: string;
  readonly reason?: string;
  readonly reference?: string;
  readonly occurredAt?: string;
  readonly expectedVersion?: string;
  readonly wait: boolean;
}

/** Adds the commands. */
export function addMovementsCommand(program: Command, shell: Shell): void {
  const movements = program.command("movements").summary("movements post, movements show");
  addPost(movements, shell);
  movements
    .command("show")
    .description("Shows where a movement stands: accepted, applied or rejected.")
    .argument("<id>", "id of the movement")
    .action((id: string, _options, command: Command) =>
      runAction(shell, command, async (context) => {
        const path = `/v1/movements/${encodeURIComponent(id)}`;
        return tell(context, await context.client.get(movementState, path));
      }),
    );
}

function addPost(movements: Command, shell: Shell): void {
  movements
    .command("post")
    .summary("post one movement and wait for its outcome")
    .description(
      `Posts one movement and waits up to ${WAIT_SECONDS} s for its outcome. Types: ` +
        `${MOVEMENT_TYPES.join(", ")}.`,
    )
    .argument("<type>")
    .argument("<sku>")
    .argument("<warehouse>")
    .argument("<quantity>", "e.g. 12 or 0.5; signed for an adjustment")
    .option("--to <warehouse>", "where a transfer goes")
    .option("--id <uuid>", "id of your own: the same id is applied once, ever")
    .option("--unit-cost <amount>", "cost of one unit (receipts)")
    .option("--currency <code>", "of the unit cost, e.g. EUR")
    .option("--reason <text>")
    .option("--reference <type:id>", "e.g. sales_order:SO-1")
    .option("--occurred-at <time>", "when it happened, if not now")
    .option("--expected-version <n>", "only if the level is still at this version")
    .option("--no-wait", "answer as soon as it is accepted")
    .action((...args: [string, string, string, string, PostOptions, Command]) => {
      const [type, sku, warehouse, quantity, options, command] = args;
      const body = { type, sku, warehouse, quantity, ...membersOf(options) };
      return runAction(shell, command, (context) => post(context, body, options.wait));
    });
}

function membersOf(options: PostOptions): object {
  const members = {
    to_warehouse: options.to,
    id: options.id,
    unit_cost: options.unitCost,
    currency: options.currency,
    reason: options.reason,
    reference: options.reference === undefined ? undefined : referenceOf(options.reference),
    occurred_at: options.occurredAt,
    expected_version: versionOf(options.expectedVersion),
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function referenceOf(text: string): { type: string; id: string } {
  const [, type, id] = /^([^:]+):(.+)$/.exec(text) ?? [];
  if (type !== undefined && id !== undefined) return { type, id };
  throw new UsageError(`--reference is "${text}"; expected type:id, such as sales_order:SO-1`);
}

function versionOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(`--expected-version is "${text}"; expected a whole number`);
}

async function post(context: ActionContext, body: object, wait: boolean): Promise<ExitCode> {
  const headers: Record<string, string> = wait ? { prefer: `wait=${WAIT_SECONDS}` } : {};
  const answer = await context.client.post(acceptedMovements, "/v1/movements", { body, headers });
  const [movement] = answer.data;
  if (movement === undefined) throw new Error("the API accepted the movement without naming it");
  return tell(context, movement);
}

function tell(context: ActionContext, movement: MovementState): ExitCode {
  context.answer(movement, () => sentenceOf(movement));
  return movement.status === "rejected" ? EXIT.incomplete : EXIT.ok;
}

function sentenceOf(movement: MovementState): string {
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
