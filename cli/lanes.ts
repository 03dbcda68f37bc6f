/** `lanes` shows how the lanes of movements stand and lets a halted one go on. */
import type { Command } from "commander";
import { type Given, unchecked } from "../client/stocklineClient.ts";
import { answerList, runAction, type Shell } from "./command.ts";
import { EXIT } from "./exitCodes.ts";

/** Adds the commands. */
export function addLanesCommand(program: Command, shell: Shell): void {
  const lanes = program
    .command("lanes")
    .summary("lanes list, lanes resume: what waits, what stands still");
  lanes
    .command("list")
    .description("Lists the lanes in which movements wait, were set aside, or that are halted.")
    .option("--halted", "only halted lanes")
    .action(({ halted }: { halted?: boolean }, command: Command) =>
      runAction(shell, command, async (context) => {
        const query = unchecked<Given<"GET /v1/lanes">["query"]>({ halted });
        const { data } = await context.client.call("GET /v1/lanes", { query });
        const rows = data.filter(
          (it) => it.depth > 0 || it.set_aside > 0 || typeof it.halted_at === "string",
        );
        return answerList(context, rows, {
          none: "Nothing waits, nothing is set aside, no lane is halted.",
          columns: [
            { title: "LANE", of: (it) => it.id, right: true },
            { title: "WAITING", of: (it) => it.depth, right: true },
            { title: "SINCE", of: (it) => it.oldest_accepted_at },
            { title: "SET ASIDE", of: (it) => it.set_aside, right: true },
            { title: "HALTED", of: (it) => it.halted_at },
            { title: "WHY", of: (it) => it.halted_reason },
          ],
        });
      }),
    );
  lanes
    .command("resume")
    .description("Lets a halted lane go on; mend the cause first.")
    .argument("<lane>", "0 to 255")
    .action((id: string, _options, command: Command) =>
      runAction(shell, command, async (context) => {
        const path = unchecked<Given<"POST /v1/lanes/{id}/resume">["path"]>({ id });
        const answer = await context.client.call("POST /v1/lanes/{id}/resume", { path });
        context.answer(answer, () => `lane ${answer.id} goes on`);
        return EXIT.ok;
      }),
    );
}
