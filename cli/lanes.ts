/** `lanes` shows how the lanes of movements stand and lets a halted one go on. */
import type { Command } from "commander";
import { z } from "zod";
import { answerList, runAction, type Shell } from "./command.ts";
import { EXIT } from "./exitCodes.ts";

const lane = z.looseObject({
  id: z.number(),
  depth: z.number(),
  oldest_accepted_at: z.string().nullish(),
  set_aside: z.number(),
  halted_at: z.string().nullish(),
  halted_reason: z.string().nullish(),
});
const laneList = z.object({ data: z.array(lane) });
const resumed = z.looseObject({ id: z.number(), status: z.string() });

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
        const query = { halted: halted === true ? true : undefined };
        const { data } = await context.client.get(laneList, "/v1/lanes", query);
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
        const path = `/v1/lanes/${encodeURIComponent(id)}/resume`;
        const answer = await context.client.post(resumed, path);
        context.answer(answer, () => `lane ${answer.id} goes on`);
        return EXIT.ok;
      }),
    );
}
