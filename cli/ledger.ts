/** `ledger verify` proves the books: every level against its entries, balances, hash links, accepted ids. */
import type { Command } from "commander";
import {
  anchorWords,
  checkedWords,
  differenceWords,
  type Verification,
  type VerifyRequest,
  verifyLedger,
} from "../client/ledger.ts";
import { counted, duration } from "../client/textTable.ts";
import { type ActionContext, runAction, type Shell } from "./command.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";

/** Adds the command. */
export function addLedgerCommand(program: Command, shell: Shell): void {
  const ledger = program.command("ledger").summary("ledger verify: prove that the books are right");
  ledger
    .command("verify")
    .description("Verifies the whole ledger now; status 1 where anything differs.")
    .option("--incremental", "only what was recorded since the last sound verification")
    .action(({ incremental }: { incremental?: boolean }, command: Command) => {
      const mode = incremental === true ? "incremental" : "full";
      return runAction(shell, command, (context) => verify(context, mode));
    });
}

async function verify(context: ActionContext, mode: VerifyRequest["mode"]): Promise<ExitCode> {
  const begunMs = performance.now();
  const found = await verifyLedger(context.client, { mode, signal: context.io.signal });
  if (found.result === "failed") {
    context.answer({ error: found.reason }, () => `The verification failed: ${found.reason}`);
    return EXIT.incomplete;
  }
  const took = duration(performance.now() - begunMs);
  context.answer(found.verification, () => describe(found.verification, took));
  return found.verification.difference_count === 0 ? EXIT.ok : EXIT.incomplete;
}

function describe(verification: Verification, took: string): string {
  const { difference_count: count, differences } = verification;
  const scope = verification.mode === "full" ? "" : " (what was recorded since the last anchor)";
  const checked = `Checked ${checkedWords(verification)}${scope} in ${took}.\n${anchorWords(verification)}`;
  if (count === 0) return `${checked}\nThe books are right: no difference.`;
  const lines = differences.map((difference) => `  ${differenceWords(difference)}`);
  return [checked, `${counted(count, "difference")}:`, ...lines].join("\n");
}
