/** Runs one command line: reads the configuration, finds the command, words every fault, answers the exit status. */
import { Command, CommanderError } from "commander";
import { ApiProblemError, ApiUnreachableError } from "../client/problem.ts";
import { StocklineError, toError } from "../domain/errors.ts";
import { ConfigError, readClientConfig } from "../platform/config.ts";
import type { Shell } from "./command.ts";
import { addDeadLettersCommand } from "./deadLetters.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";
import { addImportCommand } from "./import.ts";
import { addJobsCommand } from "./jobs.ts";
import { addLanesCommand } from "./lanes.ts";
import { addLedgerCommand } from "./ledger.ts";
import { addLogLevelsCommand } from "./logLevels.ts";
import { addMovementsCommand } from "./movements.ts";
import { addOrdersCommand } from "./orders.ts";
import { addPrivacyCommand } from "./privacy.ts";
import { addReportCommand } from "./report.ts";
import type { Io } from "./session.ts";
import { addSimulateCommand } from "./simulate.ts";
import { addSinksCommand } from "./sinks.ts";
import { addStockCommand } from "./stock.ts";
import { addTokenCommand } from "./token.ts";
import { UsageError } from "./usageError.ts";
import { addUsersCommand } from "./users.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const COMMANDS = [
  addImportCommand,
  addMovementsCommand,
  addStockCommand,
  addReportCommand,
  addOrdersCommand,
  addSimulateCommand,
  addJobsCommand,
  addLedgerCommand,
  addLanesCommand,
  addLogLevelsCommand,
  addSinksCommand,
  addDeadLettersCommand,
  addPrivacyCommand,
  addTokenCommand,
  addUsersCommand,
];

/** Runs the command of `args`; never throws. `environment` is the process's own when left out. */
export async function runCli(
  args: readonly string[],
  io: Io,
  environment?: Environment,
): Promise<ExitCode> {
  try {
    const config = readClientConfig(environment);
    const shell: Shell = { io, config, status: { code: EXIT.ok } };
    await programOf(shell).parseAsync([...args], { from: "user" });
    return shell.status.code;
  } catch (thrown) {
    return report(toError(thrown), io);
  }
}

function programOf(shell: Shell): Command {
  const program = new Command("stockline")
    .description("The command-line client of Stockline: everything goes through its HTTP API.")
    .option("--url <url>", "where the API is (default: STOCKLINE_URL, or the local instance)")
    .option("--token <token>", "access token (default: STOCKLINE_TOKEN, or the local key)")
    .option("--json", "answer in JSON")
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void shell.io.out.write(text),
      writeErr: (text) => void shell.io.err.write(text),
    })
    .showSuggestionAfterError()
    .addHelpText("after", `\n${HELP_TAIL}`);
  for (const add of COMMANDS) add(program, shell);
  return program;
}

const HELP_TAIL = `Status: 0 done; 1 done, but something was rejected or failed; 2 the command line is
wrong; 3 the API refused; 4 the API is not there or too busy; 5 an import failed as a whole; 130
stopped by Ctrl-C.`;

/** The one place where a fault becomes a sentence and a status. */
function report(error: Error, io: Io): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (io.signal.aborted) return EXIT.interrupted;
  io.err.write(
    `${error instanceof StocklineError ? error.message : (error.stack ?? error.message)}\n`,
  );
  if (error instanceof ApiProblemError && !error.retriable) return EXIT.refused;
  if (error instanceof ApiProblemError || error instanceof ApiUnreachableError) {
    return EXIT.unreachable;
  }
  if (error instanceof UsageError || error instanceof ConfigError) return EXIT.usage;
  return EXIT.incomplete;
}
