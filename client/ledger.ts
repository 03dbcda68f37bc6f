/** The verification of the ledger through the public API. */
import { z } from "zod";
import { awaitJob } from "./runs.ts";
import type { StocklineClient } from "./stocklineClient.ts";
import { grouped, oneLine } from "./textTable.ts";

const verification = z.looseObject({
  mode: z.string().default("full"),
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
  anchor: z
    .looseObject({
      compared: z.number().nullable(),
      outside: z.string(),
      made: z.number().nullable(),
    })
    .nullish(),
});

/** What a verification checked and found. */
export type Verification = z.output<typeof verification>;

const JOB = "verify-ledger";

export type VerifyResult =
  | { readonly result: "verified"; readonly verification: Verification }
  | { readonly result: "failed"; readonly reason: string };

export interface VerifyRequest {
  readonly mode: "full" | "incremental";
  readonly signal?: AbortSignal;
}

/** Verifies the ledger now and waits for the end. */
export async function verifyLedger(
  client: StocklineClient,
  { mode, signal }: VerifyRequest,
): Promise<VerifyResult> {
  const { id } = await client.call("POST /v1/ledger/verify", { body: { mode } });
  const name = mode === "full" ? JOB : `${JOB}-incremental`;
  const run = await awaitJob(client, { name, id }, { signal });
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

/** What became of the comparison with the anchor outside the database, in words. */
export function anchorWords({ anchor }: Verification): string {
  if (!anchor) return "No anchor was compared with.";
  const { compared, made } = anchor;
  const next = made === null ? "" : ` Anchor ${made} was made.`;
  switch (anchor.outside) {
    case "same":
      return `Anchor ${compared} outside the database agrees.${next}`;
    case "differs":
      return `Anchor ${compared ?? 0} outside the database does not agree.`;
    case "unreachable":
      return "The anchors outside the database could not be reached.";
    default:
      return `There was no anchor outside the database yet.${next}`;
  }
}

/** Words for what was checked, in the order in which they are told. */
const CHECKED_WORDS: Readonly<Record<string, string>> = {
  entries: "ledger entries",
  levels: "stock levels",
  outcomes: "outcomes",
  events: "events",
  lots: "balances of lots",
  reservations: "reservations",
  transits: "transfers in transit",
  reversals: "reversals",
  inbox: "accepted movements in the inbox",
  set_aside: "set aside",
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
