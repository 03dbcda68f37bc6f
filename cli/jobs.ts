/** `jobs` lists the jobs, runs one now, shows what became of its runs. */
import type { Command } from "commander";
import type { Job, JobRun } from "../client/answers.ts";
import { runJob, startJob } from "../client/runs.ts";
import type { Column } from "../client/textTable.ts";
import {
  type ActionContext,
  answerList,
  collect,
  rowsOption,
  runAction,
  type Shell,
} from "./command.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";

const JOB_COLUMNS: readonly Column<Job>[] = [
  { title: "JOB", of: ({ name }) => name },
  { title: "SCHEDULE", of: ({ cron }) => cron },
  { title: "LAST RUN", of: (it) => it.last_run?.status },
  { title: "AT", of: (it) => it.last_run?.finished_at },
  { title: "NEXT", of: (it) => it.next_run_at },
];

const RUN_COLUMNS: readonly Column<JobRun>[] = [
  { title: "RUN", of: ({ id }) => id },
  { title: "STATUS", of: ({ status }) => status },
  { title: "BY", of: ({ trigger }) => trigger },
  { title: "BEGAN", of: (run) => run.started_at },
  { title: "ENDED", of: (run) => run.finished_at },
  { title: "OUTCOME", of: outcomeOf },
];

const OUTCOME_CHARS_MAX = 60;

/** Adds the commands. */
export function addJobsCommand(program: Command, shell: Shell): void {
  const jobs = program.command("jobs").summary("jobs list, run, runs: scheduled jobs");
  jobs
    .command("list")
    .description("Lists the jobs with their schedules and latest runs.")
    .action((_options, command: Command) =>
      runAction(shell, command, async (context) => {
        const { data } = await context.client.call("GET /v1/jobs");
        return answerList(context, data, { columns: JOB_COLUMNS, none: "There are no jobs." });
      }),
    );
  jobs
    .command("run")
    .description("Asks for a run of a job now.")
    .argument("<name>", "e.g. refresh-views")
    .option("--wait", "wait for its end")
    .action((name: string, { wait }: { wait?: boolean }, command: Command) =>
      runAction(shell, command, (context) => run(context, name, wait === true)),
    );
  jobs
    .command("runs")
    .description("Lists runs of a job, newest first.")
    .argument("<name>", "e.g. refresh-views")
    .option("--limit <rows>", "rows at most", rowsOption, 20)
    .action((name: string, { limit }: { limit: number }, command: Command) =>
      runAction(shell, command, async (context) => {
        const given = { path: { name }, rowsMax: limit };
        const rows = await collect(context.client.list("GET /v1/jobs/{name}/runs", given));
        return answerList(context, rows, { columns: RUN_COLUMNS, none: "It has not run yet." });
      }),
    );
}

async function run(context: ActionContext, name: string, wait: boolean): Promise<ExitCode> {
  const { client, io } = context;
  const found = wait
    ? await runJob(client, name, { signal: io.signal })
    : await startJob(client, name);
  context.answer(found, () => `${name} ${found.status} ${outcomeOf(found)}\n${found.id}`);
  return found.status === "failed" || found.status === "skipped" ? EXIT.incomplete : EXIT.ok;
}

/** The figures of an outcome on one line; lists are left out. */
function outcomeOf(run: JobRun): string {
  const figures = Object.entries(run.outcome ?? {}).filter(
    ([, value]) => typeof value !== "object",
  );
  const text = run.error ?? figures.map(([name, value]) => `${name} ${String(value)}`).join(", ");
  return text.length > OUTCOME_CHARS_MAX ? `${text.slice(0, OUTCOME_CHARS_MAX)}…` : text;
}
