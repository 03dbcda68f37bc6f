/** `movements set-aside` lists movements that could not be written, sends one back, or discards it. */
import type { Command } from "commander";
import { counted } from "../client/textTable.ts";
import { answerList, collect, runAction, type Shell } from "./command.ts";
import { EXIT } from "./exitCodes.ts";

/** Adds the commands below `movements`. */
export function addSetAsideCommand(movements: Command, shell: Shell): void {
  const aside = movements
    .command("set-aside")
    .summary("set-aside list, retry, discard: movements that could not be written");
  aside
    .command("list")
    .description("Lists them, the oldest first.")
    .action((_options, command: Command) =>
      runAction(shell, command, async (context) =>
        answerList(context, await collect(context.client.list("GET /v1/set-aside-movements")), {
          none: "No movement is set aside.",
          columns: [
            { title: "ID", of: (it) => it.id },
            { title: "TYPE", of: (it) => it.type },
            { title: "SKU", of: (it) => it.sku },
            { title: "WAREHOUSE", of: (it) => it.warehouse },
            { title: "QUANTITY", of: (it) => it.quantity, right: true },
            { title: "SINCE", of: (it) => it.set_aside_at },
            { title: "ERROR", of: (it) => it.error },
          ],
        }),
      ),
    );
  aside
    .command("retry")
    .description("Sends a movement, with its atomic group, back to be applied.")
    .argument("<id>", "id of the movement")
    .action((id: string, _options, command: Command) =>
      runAction(shell, command, async (context) => {
        const operation = "POST /v1/set-aside-movements/{id}/retry";
        const answer = await context.client.call(operation, { path: { id } });
        const count = counted(answer.movements.length, "movement");
        context.answer(answer, () => `${count} will be tried again`);
        return EXIT.ok;
      }),
    );
  aside
    .command("discard")
    .description("Rejects a movement, with its atomic group, for good.")
    .argument("<id>", "id of the movement")
    .requiredOption("--reason <text>", "told in the outcome and in the events")
    .action((id: string, { reason }: { reason: string }, command: Command) =>
      runAction(shell, command, async (context) => {
        const operation = "POST /v1/set-aside-movements/{id}/discard";
        const answer = await context.client.call(operation, { path: { id }, body: { reason } });
        const count = counted(answer.movements.length, "movement");
        context.answer(answer, () => `${count} rejected for good`);
        return EXIT.ok;
      }),
    );
}
