/** `log-levels` shows how much the processes log, and lets them log more or less for a while. */
import type { Command } from "commander";
import { type Given, type Row, unchecked } from "../client/stocklineClient.ts";
import { answerList, rowsOption, runAction, type Shell } from "./command.ts";

type Level = Row<"GET /v1/log-levels">;
type Change = Given<"POST /v1/log-levels">["body"];

const TABLE = {
  none: "There are no processes.",
  columns: [
    { title: "PROCESS", of: (it: Level) => it.process },
    {
      title: "LEVEL",
      of: (it: Level) => it.level ?? "as configured",
    },
    { title: "UNTIL", of: (it: Level) => it.until },
    { title: "SET BY", of: (it: Level) => it.set_by },
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
        const { data } = await context.client.call("GET /v1/log-levels");
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
        const typed = { ...options, level: level === "configured" ? null : level };
        const body = unchecked<Change>(typed);
        const { data } = await context.client.call("POST /v1/log-levels", { body });
        return answerList(context, data, TABLE);
      }),
    );
}
