/**
 * The jobs there are: name, when, and what happens when a tick was missed or finds the job busy. The API lists them, the
 * scheduler ticks them, and jobs/ maps each name to its function (checked one to one at start).
 */

/** What a scheduled run does while another run of its job is running. */
export type WhenBusy = "wait" | "skip";
/** What becomes of ticks that nobody saw (all schedulers down): the latest is made up for, or none. */
export type WhenMissed = "latest" | "none";

export interface JobDeclaration {
  readonly name: string;
  readonly description: string;
  /** Five fields; the time zone is an IANA name. */
  readonly cron: string;
  readonly timeZone: string;
  readonly whenMissed: WhenMissed;
  readonly whenBusy: WhenBusy;
}

const EACH_MINUTE = "* * * * *";

/** Every job of this version. */
export const DECLARED_JOBS = [
  {
    name: "refresh-views",
    description: "Refreshes the materialized views that wide lists and reports read.",
    cron: EACH_MINUTE,
    timeZone: "UTC",
    whenMissed: "none",
    whenBusy: "skip",
  },
  {
    name: "detect-low-stock",
    description: "Raises stock.low and stock.recovered where a position crossed its reorder point.",
    cron: EACH_MINUTE,
    timeZone: "UTC",
    whenMissed: "latest",
    whenBusy: "skip",
  },
  {
    name: "plan-reorder",
    description: "Works out reorder levels of policies that follow demand.",
    cron: EACH_MINUTE,
    timeZone: "UTC",
    whenMissed: "none",
    whenBusy: "skip",
  },
  {
    name: "generate-purchase-orders",
    description: "Drafts purchase orders for every item at or below its reorder point.",
    cron: "0 6 * * *",
    timeZone: "UTC",
    whenMissed: "latest",
    whenBusy: "wait",
  },
  {
    name: "scheduled-reports",
    description:
      "Asks for the reports that report schedules call for; each schedule says what becomes of its missed slots.",
    cron: EACH_MINUTE,
    timeZone: "UTC",
    whenMissed: "none",
    whenBusy: "skip",
  },
  {
    name: "verify-ledger",
    description: "Proves the ledger: sums, running balances, hash links, outcomes and events.",
    cron: "30 3 * * *",
    timeZone: "UTC",
    whenMissed: "none",
    whenBusy: "wait",
  },
  {
    name: "verify-ledger-incremental",
    description:
      "Proves what was recorded since the last sound verification, and that it still stands.",
    cron: "41 * * * *",
    timeZone: "UTC",
    whenMissed: "none",
    whenBusy: "skip",
  },
  {
    name: "import-inbox",
    description: "Makes an import of each new object below the watched prefix of the bucket.",
    cron: EACH_MINUTE,
    timeZone: "UTC",
    whenMissed: "none",
    whenBusy: "skip",
  },
  {
    name: "housekeeping",
    description: "Makes partitions ahead of time and deletes what has served its time.",
    cron: "17 * * * *",
    timeZone: "UTC",
    whenMissed: "none",
    whenBusy: "skip",
  },
  {
    name: "protect-personal-data",
    description: "Seals personal data that is plain, or sealed by a key that was replaced.",
    cron: "23 * * * *",
    timeZone: "UTC",
    whenMissed: "none",
    whenBusy: "wait",
  },
  {
    name: "value-stock",
    description: "Brings moving average and FIFO values of every level up to the ledger.",
    cron: EACH_MINUTE,
    timeZone: "UTC",
    whenMissed: "none",
    whenBusy: "skip",
  },
  {
    name: "release-expired-reservations",
    description:
      "Posts the release of reservations whose time is over; their stock is free without it.",
    cron: EACH_MINUTE,
    timeZone: "UTC",
    whenMissed: "none",
    whenBusy: "skip",
  },
] as const satisfies readonly JobDeclaration[];

/** Name of a declared job. */
export type JobName = (typeof DECLARED_JOBS)[number]["name"];

/** The declaration of a name, or undefined where there is no such job. */
export function findJob(name: string): (JobDeclaration & { readonly name: JobName }) | undefined {
  return DECLARED_JOBS.find((job) => job.name === name);
}
