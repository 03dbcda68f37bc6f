/**
 * What all commands share: they run an action on an open client, write their answer as text or, with
 * --json, as the API gave it, and end with a status of exitCodes.ts.
 */
import { type Command, InvalidArgumentError } from "commander";
import type { StocklineClient } from "../client/stocklineClient.ts";
import { type Column, textTable } from "../client/textTable.ts";
import type { ClientConfig } from "../platform/config.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";
import { type Io, openClient, type SessionOptions } from "./session.ts";

/** What the command line is run with; `status` is where a command leaves its exit status. */
export interface Shell {
  readonly io: Io;
  readonly config: ClientConfig;
  readonly status: { code: ExitCode };
}

/** What an action gets. */
export interface ActionContext {
  readonly client: StocklineClient;
  readonly io: Io;
  readonly json: boolean;
  /** Writes a line of the answer. */
  say(text: string): void;
  /** Writes the whole answer: `value` as JSON with --json, `text` otherwise. */
  answer(value: unknown, text: () => string): void;
}

type GlobalOptions = SessionOptions & { readonly json?: boolean };

/** Runs an action of a command; what it answers becomes the exit status, nothing means 0. */
export async function runAction(
  shell: Shell,
  command: Command,
  action: (context: ActionContext) => Promise<ExitCode | undefined>,
): Promise<void> {
  const { json = false, ...session } = command.optsWithGlobals<GlobalOptions>();
  const client = await openClient(shell.config, session, shell.io);
  const say = (text: string): void => {
    shell.io.out.write(`${text}\n`);
  };
  const answer: ActionContext["answer"] = (value, text) =>
    say(json ? JSON.stringify(value, null, 2) : text());
  const code = await action({ client, io: shell.io, json, say, answer });
  shell.status.code = code ?? EXIT.ok;
}

export interface ListAnswer<Row> {
  readonly columns: readonly Column<Row>[];
  /** Said instead of an empty table. */
  readonly none: string;
}

/** Answers rows as a table, or as a JSON array. */
export function answerList<Row>(
  context: ActionContext,
  rows: readonly Row[],
  { columns, none }: ListAnswer<Row>,
): undefined {
  context.answer(rows, () => (rows.length === 0 ? none : textTable(columns, rows)));
}

/** Reads all of a list. */
export async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** Reads an option as a whole number of at least 1, for commander. */
export function rowsOption(text: string): number {
  const rows = Number(text);
  if (Number.isSafeInteger(rows) && rows >= 1) return rows;
  throw new InvalidArgumentError("Expected a whole number of at least 1.");
}
