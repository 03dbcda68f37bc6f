/** SQL of job runs: one row a slot or request, claimed by a status change, held by a lease, finished by its owner alone. */
import type { Db } from "../../platform/postgres.ts";

export type RunStatus = "queued" | "running" | "completed" | "failed" | "skipped";
export type RunTrigger = "schedule" | "api" | "cli";

export interface JobRunRow {
  readonly id: string;
  readonly job: string;
  readonly slot: Date | null;
  readonly trigger: RunTrigger;
  readonly requested_by: string;
  readonly status: RunStatus;
  readonly rows: number | null;
  readonly outcome: Readonly<Record<string, unknown>> | null;
  readonly error: string | null;
  readonly attempts: number;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  /** created_at as text, with all its digits, for cursors. */
  readonly created_key: string;
}

const RUN_COLUMNS = `
  r.id, r.job, r.slot, r.trigger, r.requested_by, r.status, r.rows, r.outcome, r.error, r.attempts, r.created_at,
  r.started_at, r.finished_at, r.created_at::text as created_key`;

/** The time by which schedules are kept: the database's, the same for every scheduler whatever its own clock shows (F34). */
export async function scheduleTimeRead(db: Db): Promise<Date> {
  const { rows } = await db.query<{ at: Date }>({
    name: "schedule_time_read",
    text: `
      select clock_timestamp() as at`,
  });
  const at = rows[0]?.at;
  if (at === undefined) throw new Error("the database did not tell its time");
  return at;
}

/**
 * Adds the run of a slot; answers its id, or undefined where some scheduler has added it already. With `onlyIfMissed` the
 * platform must have been there before the slot: on a new installation nothing was missed.
 */
export async function jobRunsInsertSlot(
  db: Db,
  args: { id: string; job: string; slot: Date; onlyIfMissed: boolean },
): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>({
    name: "job_runs_insert_slot",
    text: `
      insert into job_runs (id, job, slot, trigger, requested_by)
      select $1::uuid, $2::text, $3::timestamptz, 'schedule', 'scheduler'
      where not $4::boolean
        or exists (select from job_runs r where r.created_at < $3::timestamptz)
      on conflict on constraint job_runs_slot_unique do nothing
      returning id`,
    values: [args.id, args.job, args.slot, args.onlyIfMissed],
  });
  return rows[0]?.id;
}

/** Adds a run that somebody asked for; an id that is there already is left as it is. */
export async function jobRunsInsertRequest(
  db: Db,
  args: { id: string; job: string; trigger: "api" | "cli"; requestedBy: string },
): Promise<void> {
  await db.query({
    name: "job_runs_insert_request",
    text: `
      insert into job_runs (id, job, trigger, requested_by)
      values ($1::uuid, $2::text, $3::text, $4::text)
      on conflict on constraint job_runs_pkey do nothing`,
    values: [args.id, args.job, args.trigger, args.requestedBy],
  });
}

/**
 * Takes a queued run: it becomes running under the owner's lease. Undefined where it is not queued, or another run of its
 * job is running; two claims at the same moment end in a violation of job_runs_one_running, which the caller takes as busy.
 */
export async function jobRunClaim(
  db: Db,
  args: { id: string; owner: string; leaseSeconds: number },
): Promise<JobRunRow | undefined> {
  const { rows } = await db.query<JobRunRow>({
    name: "job_run_claim",
    text: `
      update job_runs r
      set status = 'running',
        attempts = r.attempts + 1,
        lease_owner = $2::text,
        lease_until = clock_timestamp() + make_interval(secs => $3::float8),
        started_at = clock_timestamp(),
        error = null
      where r.id = $1::uuid
        and r.status = 'queued'
        and not exists (select from job_runs o where o.job = r.job and o.status = 'running')
      returning ${RUN_COLUMNS}`,
    values: [args.id, args.owner, args.leaseSeconds],
  });
  return rows[0];
}

/** A run by its id. */
export async function jobRunRead(
  db: Db,
  args: { id: string; job?: string },
): Promise<JobRunRow | undefined> {
  const { rows } = await db.query<JobRunRow>({
    name: "job_run_read",
    text: `
      select ${RUN_COLUMNS}
      from job_runs r
      where r.id = $1::uuid
        and ($2::text is null or r.job = $2::text)`,
    values: [args.id, args.job ?? null],
  });
  return rows[0];
}

/** Marks a queued scheduled run as skipped while another run of its job is running; answers whether it did. */
export async function jobRunSkip(db: Db, args: { id: string; reason: string }): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "job_run_skip",
    text: `
      update job_runs r
      set status = 'skipped',
        error = $2::text,
        finished_at = clock_timestamp()
      where r.id = $1::uuid
        and r.status = 'queued'
        and exists (select from job_runs o where o.job = r.job and o.status = 'running')`,
    values: [args.id, args.reason],
  });
  return rowCount === 1;
}

/** Which try of a run, by whom: only it may renew or finish the run. */
export interface RunHold {
  readonly id: string;
  readonly owner: string;
  readonly attempts: number;
}

/** Renews the lease; false where the run is no longer held by this try. */
export async function jobRunRenew(db: Db, hold: RunHold, leaseSeconds: number): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "job_run_renew",
    text: `
      update job_runs
      set lease_until = clock_timestamp() + make_interval(secs => $4::float8)
      where id = $1::uuid
        and lease_owner = $2::text
        and attempts = $3::int
        and status = 'running'`,
    values: [hold.id, hold.owner, hold.attempts, leaseSeconds],
  });
  return rowCount === 1;
}

interface RunEnd {
  /** "queued": to be tried again. */
  readonly status: "completed" | "failed" | "queued";
  readonly rows: number | null;
  readonly outcome: Readonly<Record<string, unknown>> | null;
  readonly error: string | null;
  /** The try is not counted: it was given back because the process stops. */
  readonly uncounted?: boolean;
}

/** Ends this try of a run; false where the run is no longer held by it. */
export async function jobRunEnd(db: Db, hold: RunHold, end: RunEnd): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "job_run_end",
    text: `
      update job_runs
      set status = $4::text,
        rows = $5::bigint,
        outcome = $6::jsonb,
        error = $7::text,
        attempts = attempts - case when $8::boolean then 1 else 0 end,
        lease_owner = null,
        lease_until = null,
        finished_at = case when $4::text = 'queued' then null else clock_timestamp() end
      where id = $1::uuid
        and lease_owner = $2::text
        and attempts = $3::int
        and status = 'running'`,
    values: [
      hold.id,
      hold.owner,
      hold.attempts,
      end.status,
      end.rows,
      end.outcome === null ? null : JSON.stringify(end.outcome),
      end.error,
      end.uncounted ?? false,
    ],
  });
  return rowCount === 1;
}

/** Returns runs whose lease ran out to the queue, or fails them after their last try; answers what became of each. */
export async function jobRunsExpire(
  db: Db,
  attemptsMax: number,
): Promise<{ id: string; job: string; status: RunStatus }[]> {
  const { rows } = await db.query<{ id: string; job: string; status: RunStatus }>({
    name: "job_runs_expire",
    text: `
      update job_runs
      set status = case when attempts >= $1::int then 'failed' else 'queued' end,
        error = format('try %s ended without a word: its process died or stood still', attempts),
        lease_owner = null,
        lease_until = null,
        finished_at = case when attempts >= $1::int then clock_timestamp() end
      where status = 'running'
        and lease_until < clock_timestamp()
      returning id, job, status`,
    values: [attemptsMax],
  });
  return rows;
}

/** Ids of queued runs, oldest first. */
export async function jobRunsQueued(db: Db, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: "job_runs_queued",
    text: `
      select id
      from job_runs
      where status = 'queued'
      order by created_at, id
      limit $1::int`,
    values: [limit],
  });
  return rows.map((row) => row.id);
}

/** Runs of a job, newest first, after the cursor (created_key, id). */
export async function jobRunsPage(
  db: Db,
  args: { job: string; after: readonly string[] | undefined; limit: number },
): Promise<JobRunRow[]> {
  const { rows } = await db.query<JobRunRow>({
    name: "job_runs_page",
    text: `
      select ${RUN_COLUMNS}
      from job_runs r
      where r.job = $1::text
        and ($2::timestamptz is null or (r.created_at, r.id) < ($2::timestamptz, $3::uuid))
      order by r.created_at desc, r.id desc
      limit $4::int`,
    values: [args.job, args.after?.[0] ?? null, args.after?.[1] ?? null, args.limit],
  });
  return rows;
}

/** The latest run of each of the jobs, of one status where one is named. */
export async function jobRunsLatest(
  db: Db,
  args: { jobs: readonly string[]; status?: RunStatus },
): Promise<JobRunRow[]> {
  const { rows } = await db.query<JobRunRow>({
    name: "job_runs_latest",
    text: `
      select ${RUN_COLUMNS}
      from unnest($1::text[]) as j (job)
      cross join lateral (
        select *
        from job_runs o
        where o.job = j.job
          and ($2::text is null or o.status = $2::text)
        order by o.created_at desc, o.id desc
        limit 1
      ) r
      order by r.job`,
    values: [args.jobs, args.status ?? null],
  });
  return rows;
}
