/** `movements arrive` takes in what a transfer in transit brought; `movements reverse` takes a movement back. */
import type { Command } from "commander";
import { type Given, unchecked } from "../client/stocklineClient.ts";
import { runAction, type Shell } from "./command.ts";
import { postMovements, tellMovement, tellMovements, WAIT_SECONDS } from "./movementOutcome.ts";
import { UsageError } from "./usageError.ts";

type Arrival = Given<"POST /v1/movements/{id}/arrive">["body"];

interface SharedOptions {
  readonly id?: string;
  readonly reason?: string;
  readonly occurredAt?: string;
  readonly wait: boolean;
}

interface ArriveOptions extends SharedOptions {
  readonly loss?: readonly string[];
  readonly lot?: string;
}

/** Adds `arrive`. */
export function addArrive(movements: Command, shell: Shell): void {
  withShared(movements.command("arrive"))
    .summary("take in what a transfer in transit brought")
    .description(
      `Takes in what a transfer in transit brought, and names what was lost; waits up to ${WAIT_SECONDS} s for the outcomes.`,
    )
    .argument("<id>", "id of the transfer")
    .argument("[quantity]", "what arrived; may be a part")
    .option("--loss <quantity:reason...>", "what will not arrive, e.g. 2:broken")
    .option("--lot <code>", "of which lot")
    .action((...args: [string, string | undefined, ArriveOptions, Command]) => {
      const [id, quantity, options, command] = args;
      const losses = options.loss?.map((text) => lossOf(text));
      const body = { ...sharedMembers(options), quantity, losses, lot: options.lot };
      return runAction(shell, command, async (context) => {
        const { wait } = options;
        const given = { path: { id }, body: unchecked<Arrival>(body), wait };
        const arrived = await postMovements(context, "POST /v1/movements/{id}/arrive", given);
        return tellMovements(context, arrived);
      });
    });
}

/** Adds `reverse`. */
export function addReverse(movements: Command, shell: Shell): void {
  withShared(movements.command("reverse"))
    .summary("take a movement back")
    .description(
      `Takes a movement back by the opposite entries, once; waits up to ${WAIT_SECONDS} s for the outcome.`,
    )
    .argument("<id>", "id of the movement")
    .action((id: string, options: SharedOptions, command: Command) =>
      runAction(shell, command, async (context) => {
        const given = { path: { id }, body: sharedMembers(options), wait: options.wait };
        const operation = "POST /v1/movements/{id}/reverse";
        const [movement] = await postMovements(context, operation, given);
        return tellMovement(context, movement);
      }),
    );
}

function withShared(command: Command): Command {
  return command
    .option("--id <uuid>", "id of your own: the same id is applied once, ever")
    .option("--reason <text>")
    .option("--occurred-at <time>", "when it happened, if not now")
    .option("--no-wait", "answer as soon as it is accepted");
}

/** Members that are undefined are left out where the body becomes JSON. */
function sharedMembers({ id, reason, occurredAt }: SharedOptions) {
  return { id, reason, occurred_at: occurredAt };
}

function lossOf(text: string): { quantity: string; reason: string } {
  const [, quantity, reason] = /^([^:]+):(.+)$/.exec(text) ?? [];
  if (quantity !== undefined && reason !== undefined) return { quantity, reason };
  throw new UsageError(`--loss is "${text}"; expected quantity:reason, such as 2:broken`);
}
