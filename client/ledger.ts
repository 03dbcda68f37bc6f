/** The verification of the ledger through the public API. */
import { z } from "zod";
import { jobRun } from "./answers.ts";
import { awaitJob } from "./runs.ts";
import type { StocklineClient } from "./stocklineClient.ts";
import { grouped, oneLine } from "./textTable.ts";

const verification = z.looseObject({
  checked: z.record(z.string(), z.number()),
  difference_count: z.number(),
  differences: z.array(
    z.looseObject({
      check: z.string(),
      sku: z.string().nullish(),
      warehouse: z.string().nullish(),
      movement_id: z.string().nullish(),
      expected: z.string(),
      found: z.string(),
    }),
  ),
});

/** What a verification checked and found. */
export type Verification = z.output<typeof verification>;

const PATH = "/v1/ledger/verify";
const JOB = "verify-ledger";

export type VerifyResult =
  | { readonly result: "verified"; readonly verification: Verification }
  | { readonly result: "failed"; readonly reason: string };

/** Verifies the ledger now and waits for the end. */
export async function verifyLedger(
  client: StocklineClient,
  signal?: AbortSignal,
): Promise<VerifyResult> {
  const { id } = await client.post(jobRun, PATH);
  const run = await awaitJob(client, { name: JOB, id }, { signal });
  const found = verification.safeParse(run.outcome);
  if (run.status !== "completed" || !found.success) {
    return { result: "failed", reason: run.error ?? `the run ended as ${run.status}` };
  }
  return { result: "verified", verification: found.data };
}

/** One difference as a sentence. */
export function differenceWords(difference: Verification["differences"][number]): string {
  const { check, sku, warehouse, movement_id: movement, expected, found } = difference;
  const place = [sku, warehouse, movement].filter((part) => part).join(" ");
  return oneLine(`${check} ${place}: expected ${expected}, found ${found}`);
}

/** Words for what was checked, in the order in which they are told. */
const CHECKED_WORDS: Readonly<Record<string, string>> = {
  entries: "ledger entries",
  levels: "stock levels",
  outcomes: "outcomes",
  events: "events",
  inbox: "accepted movements in the inbox",
  undone: "of them undecided",
};

/** What was checked, in words: "20,589 ledger entries, 747 stock levels, …". */
export function checkedWords({ checked }: Verification): string {
  const known = Object.keys(CHECKED_WORDS).filter((name) => name in checked);
  const others = Object.keys(checked).filter((name) => !(name in CHECKED_WORDS));
  return [...known, ...others]
    .map((name) => `${grouped(checked[name] ?? 0)} ${CHECKED_WORDS[name] ?? name}`)
    .join(", ");
}
