/** `import status`, `list`, `commit` and `cancel`: imports that are under way or over. */
import { type Command, Option } from "commander";
import {
  cancelImport,
  commitImport,
  type ListedImport,
  listImports,
  readImport,
} from "../client/imports.ts";
import { type Given, unchecked } from "../client/stocklineClient.ts";
import type { Column } from "../client/textTable.ts";
import { answerList, collect, rowsOption, runAction, type Shell } from "./command.ts";
import { conclude, follow, statusOf } from "./importOutcome.ts";

const IF_CHANGED = ["apply", "stop"] as const;

interface SteerOptions {
  readonly wait: boolean;
  readonly errors?: string;
  readonly ifChanged: (typeof IF_CHANGED)[number];
}

/** The options of a command below `import`. Those that `import` has as well commander gives to `import`, wherever they stand. */
function optionsOf<Options extends object>(command: Command): Options {
  const { parent } = command;
  const taken = command.options
    .map((option) => option.attributeName())
    .filter((name) => parent?.getOptionValueSource(name) === "cli")
    .map((name): [string, unknown] => [name, parent?.getOptionValue(name)]);
  return { ...command.opts<Options>(), ...Object.fromEntries(taken) };
}

/** Adds the commands below `import`. */
export function addSteerCommands(parent: Command, shell: Shell): void {
  addStatus(parent, shell);
  addList(parent, shell);
  parent
    .command("commit")
    .summary("make a finished dry run the real thing")
    .argument("<id>", "the dry run")
    .addOption(
      new Option("--if-changed <what>", "stop: nothing goes in where a row would fare otherwise")
        .choices(IF_CHANGED)
        .default("apply"),
    )
    .option("--errors <file>", "save the rejected rows here")
    .option("--no-wait", "answer at once")
    .action((id: string, _own: SteerOptions, command: Command) =>
      runAction(shell, command, async (context) => {
        const options = optionsOf<SteerOptions>(command);
        const begun = await commitImport(context.client, id, options.ifChanged);
        if (!options.wait) {
          context.answer(begun, () => begun.id);
          return undefined;
        }
        const state = await follow(context, id, id.slice(0, 8));
        await conclude(context, state, options.errors);
        return statusOf(state);
      }),
    );
  parent
    .command("cancel")
    .summary("stop an import; what went in stays")
    .argument("<id>", "the import")
    .option("--no-wait", "answer at once")
    .action((id: string, _own: SteerOptions, command: Command) =>
      runAction(shell, command, async (context) => {
        const asked = await cancelImport(context.client, id);
        const { wait } = optionsOf<SteerOptions>(command);
        const state = wait ? await follow(context, id, id.slice(0, 8)) : asked;
        await conclude(context, state, undefined);
        return undefined;
      }),
    );
}

function addStatus(parent: Command, shell: Shell): void {
  parent
    .command("status")
    .summary("where an import stands")
    .argument("<id>", "the import")
    .option("--wait", "wait for its end")
    .option("--errors <file>", "save the rejected rows here")
    .action((id: string, _own: SteerOptions, command: Command) =>
      runAction(shell, command, async (context) => {
        const options = optionsOf<SteerOptions>(command);
        const state = options.wait
          ? await follow(context, id, id.slice(0, 8))
          : await readImport(context.client, id);
        await conclude(context, state, options.errors);
        return state.finished_at ? statusOf(state) : undefined;
      }),
    );
}

const COLUMNS: readonly Column<ListedImport>[] = [
  { title: "IMPORT", of: ({ id }) => id },
  { title: "KIND", of: ({ kind }) => kind },
  {
    title: "STATUS",
    of: ({ mode, status }) => (mode === "dry_run" ? `${status}, dry run` : status),
  },
  { title: "ROWS", of: (state) => state.rows_total, right: true },
  { title: "APPLIED", of: (state) => state.rows_applied, right: true },
  { title: "REJECTED", of: (state) => state.rows_rejected, right: true },
  { title: "BEGAN", of: (state) => state.started_at },
];

interface ListOptions {
  readonly kind?: string;
  readonly status?: string;
  readonly limit: number;
}

function addList(parent: Command, shell: Shell): void {
  parent
    .command("list")
    .summary("imports, newest first")
    .option("--kind <kind>", "only of this kind")
    .option("--status <status>", "only with this status")
    .option("--limit <rows>", "how many", rowsOption, 20)
    .action((_own: ListOptions, command: Command) =>
      runAction(shell, command, async (context) => {
        const { limit: rowsMax, ...typed } = optionsOf<ListOptions>(command);
        const query = unchecked<Given<"GET /v1/imports">["query"]>(typed);
        const rows = await collect(listImports(context.client, { query, rowsMax }));
        return answerList(context, rows, { columns: COLUMNS, none: "There are no imports." });
      }),
    );
}
