/** `log-levels` shows how much the processes log, and lets them log more or less for a while. */
import type { Command } from "commander";
import { z } from "zod";
import { answerList, rowsOption, runAction, type Shell } from "./command.ts";

const levels = z.object({
  data: z.array(
    z.looseObject({
      process: z.string(),
      level: z.string().nullish(),
      until: z.string().nullish(),
      set_by: z.string().nullish(),
    }),
  ),
});

const TABLE = {
  none: "There are no processes.",
  columns: [
    { title: "PROCESS", of: (it: z.output<typeof levels>["data"][number]) => it.process },
    {
      title: "LEVEL",
      of: (it: z.output<typeof levels>["data"][number]) => it.level ?? "as configured",
    },
    { title: "UNTIL", of: (it: z.output<typeof levels>["data"][number]) => it.until },
    { title: "SET BY", of: (it: z.output<typeof levels>["data"][number]) => it.set_by },
  ],
};

/** Adds the commands. */
export function addLogLevelsCommand(program: Command, shell: Shell): void {
  const group = program
    .command("log-levels")
    .summary("log-levels list, log-levels set: how much the processes log");
  group
    .command("list")
    .description("Shows the level of each kind of process.")
    .action((_options, command: Command) =>
      runAction(shell, command, async (context) => {
        const { data } = await context.client.get(levels, "/v1/log-levels");
        return answerList(context, data, TABLE);
      }),
    );
  group
    .command("set")
    .description('Sets the least level that is logged; "configured" undoes it.')
    .argument("<level>", "trace, debug, info, warn, error, fatal or configured")
    .option("--process <name>", "api, workers or jobs; all of them when left out")
    .option("--minutes <n>", "after which it is as configured again", rowsOption, 60)
    .action((level: string, options: { process?: string; minutes: number }, command: Command) =>
      runAction(shell, command, async (context) => {
        const body = { ...options, level: level === "configured" ? null : level };
        const { data } = await context.client.post(levels, "/v1/log-levels", { body });
        return answerList(context, data, TABLE);
      }),
    );
}
