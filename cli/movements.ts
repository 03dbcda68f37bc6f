/** `movements` posts one movement and waits for its outcome, or shows where a movement stands. */
import type { Command } from "commander";
import { type Given, unchecked } from "../client/stocklineClient.ts";
import { MOVEMENT_TYPES } from "../domain/movement.ts";
import { runAction, type Shell } from "./command.ts";
import { addArrive, addReverse } from "./movementConsequences.ts";
import { postMovements, tellMovement, WAIT_SECONDS } from "./movementOutcome.ts";
import { addSetAsideCommand } from "./setAside.ts";
import { UsageError } from "./usageError.ts";

type Posted = Given<"POST /v1/movements">["body"];

interface PostOptions {
  readonly to?: string;
  readonly id?: string;
  readonly unitCost?: string;
  readonly currency?: string;
  readonly reason?: string;
  readonly reference?: string;
  readonly occurredAt?: string;
  readonly expectedVersion?: string;
  readonly unit?: string;
  readonly lot?: string;
  readonly serial?: string;
  readonly expiresOn?: string;
  readonly inTransit?: boolean;
  readonly countedVersion?: string;
  readonly reservation?: string;
  readonly expiresAt?: string;
  readonly wait: boolean;
}

/** Adds the commands. */
export function addMovementsCommand(program: Command, shell: Shell): void {
  const movements = program
    .command("movements")
    .summary("movements post, arrive, reverse, show, set-aside");
  addPost(movements, shell);
  addArrive(movements, shell);
  addReverse(movements, shell);
  addSetAsideCommand(movements, shell);
  movements
    .command("show")
    .description("Shows where a movement stands: accepted, applied or rejected.")
    .argument("<id>", "id of the movement")
    .action((id: string, _options, command: Command) =>
      runAction(shell, command, async (context) =>
        tellMovement(
          context,
          await context.client.call("GET /v1/movements/{id}", { path: { id } }),
        ),
      ),
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
    .option("--unit <name>", "a pack of the item, e.g. box; else its stock unit")
    .option("--lot <code>", "for items tracked by lot")
    .option("--serial <number>", "for items tracked by serial number")
    .option("--expires-on <day>", "last day of the lot, e.g. 2027-06-30")
    .option("--in-transit", "a transfer leaves now and arrives later")
    .option("--reservation <id>", "that an issue consumes or a release frees")
    .option("--expires-at <time>", "when a reserve lapses")
    .option("--counted-version <n>", "version of the level that was counted")
    .option("--unit-cost <amount>", "cost of one stock unit (receipts)")
    .option("--currency <code>", "of the unit cost, e.g. EUR")
    .option("--reason <text>")
    .option("--reference <type:id>", "e.g. sales_order:SO-1")
    .option("--occurred-at <time>", "when it happened, if not now")
    .option("--expected-version <n>", "only if the level is still at this version")
    .option("--no-wait", "answer as soon as it is accepted")
    .action((...args: [string, string, string, string, PostOptions, Command]) => {
      const [type, sku, warehouse, quantity, options, command] = args;
      const body = { type, sku, warehouse, quantity, ...membersOf(options) };
      return runAction(shell, command, async (context) => {
        const given = { body: unchecked<Posted>(body), wait: options.wait };
        const [movement] = await postMovements(context, "POST /v1/movements", given);
        return tellMovement(context, movement);
      });
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
    expected_version: versionOf("--expected-version", options.expectedVersion),
    unit: options.unit,
    lot: options.lot,
    serial: options.serial,
    expires_on: options.expiresOn,
    in_transit: options.inTransit,
    counted_version: versionOf("--counted-version", options.countedVersion),
    reservation: options.reservation,
    expires_at: options.expiresAt,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function referenceOf(text: string): { type: string; id: string } {
  const [, type, id] = /^([^:]+):(.+)$/.exec(text) ?? [];
  if (type !== undefined && id !== undefined) return { type, id };
  throw new UsageError(`--reference is "${text}"; expected type:id, such as sales_order:SO-1`);
}

function versionOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(`${option} is "${text}"; expected a whole number`);
}
