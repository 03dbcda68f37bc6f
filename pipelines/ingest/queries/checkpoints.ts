/**
 * SQL of the sources' places. A shard's lease has an owner, a time and an epoch that counts its takings; the checkpoint moves only
 * under the owner and epoch that it was read with, in the transaction that stores the records (the fence). All times are the database's.
 */
import type { Db } from "../../../platform/postgres.ts";
import { plainArray, textArray } from "../../../platform/sqlArrays.ts";

/** A shard as the stream tells it. */
export interface ShardNews {
  readonly shard: string;
  readonly parents: readonly string[];
}

/** Makes rows for new shards, to be read from their beginning. Answers how many. */
export async function shardsEnsure(
  db: Db,
  source: string,
  shards: readonly ShardNews[],
): Promise<number> {
  const { rowCount } = await db.query({
    name: "shards_ensure",
    text: `
      insert into stream_checkpoints (source, shard, checkpoint, parents)
      select $1::text, shard, '', string_to_array(parents, ',')
      from unnest($2::text[], $3::text[]) as s (shard, parents)
      on conflict (source, shard) do nothing`,
    values: [
      source,
      textArray(shards.map(({ shard }) => shard)),
      textArray(shards.map(({ parents }) => parents.join(","))),
    ],
  });
  return rowCount ?? 0;
}

/** Counts shards as drained that the stream no longer has: their records are past its retention. Answers their names. */
export async function goneShardsClose(
  db: Db,
  source: string,
  present: readonly string[],
): Promise<string[]> {
  const { rows } = await db.query<{ shard: string }>({
    name: "gone_shards_close",
    text: `
      update stream_checkpoints
      set drained_at = clock_timestamp(),
        epoch = epoch + 1,
        lease_owner = null,
        lease_until = null,
        updated_at = clock_timestamp()
      where source = $1::text
        and drained_at is null
        and shard <> all($2::text[])
      returning shard`,
    values: [source, textArray(present)],
  });
  return rows.map((row) => row.shard);
}

/** A shard that is not drained, with its lease. */
export interface LeaseRow {
  readonly shard: string;
  readonly checkpoint: string;
  readonly epoch: number;
  readonly lease_owner: string | null;
  /** The lease has an owner and has not run out. */
  readonly held: boolean;
}

/** Shards that may be read: not drained, and all their parents are. A parent that was never known here was gone before. */
export async function leasesRead(db: Db, source: string): Promise<LeaseRow[]> {
  const { rows } = await db.query<LeaseRow>({
    name: "shard_leases_read",
    text: `
      select c.shard, c.checkpoint, c.epoch, c.lease_owner,
        coalesce(c.lease_owner is not null and c.lease_until > clock_timestamp(), false) as held
      from stream_checkpoints c
      where c.source = $1::text
        and c.drained_at is null
        and not exists (
          select
          from stream_checkpoints p
          where p.source = c.source
            and p.shard = any(c.parents)
            and p.drained_at is null)
      order by c.shard`,
    values: [source],
  });
  return rows;
}

interface LeaseKey {
  readonly source: string;
  readonly shard: string;
  readonly epoch: number;
}

/** Takes a lease that still stands at the epoch; answers its checkpoint and new epoch, or undefined where somebody was faster. */
export async function leaseTake(
  db: Db,
  args: LeaseKey & { readonly owner: string; readonly seconds: number },
): Promise<{ checkpoint: string; epoch: number } | undefined> {
  const { rows } = await db.query<{ checkpoint: string; epoch: number }>({
    name: "shard_lease_take",
    text: `
      update stream_checkpoints
      set lease_owner = $4::text,
        lease_until = clock_timestamp() + make_interval(secs => $5::int),
        epoch = epoch + 1
      where source = $1::text
        and shard = $2::text
        and epoch = $3::bigint
        and drained_at is null
      returning checkpoint, epoch`,
    values: [args.source, args.shard, args.epoch, args.owner, args.seconds],
  });
  return rows[0];
}

/** Renews leases of the owner; answers the shards that are still its own. */
export async function leasesRenew(
  db: Db,
  args: {
    source: string;
    owner: string;
    shards: readonly string[];
    epochs: readonly number[];
    seconds: number;
  },
): Promise<string[]> {
  const { rows } = await db.query<{ shard: string }>({
    name: "shard_leases_renew",
    text: `
      update stream_checkpoints c
      set lease_until = clock_timestamp() + make_interval(secs => $5::int)
      from unnest($3::text[], $4::bigint[]) as mine (shard, epoch)
      where c.source = $1::text
        and c.shard = mine.shard
        and c.epoch = mine.epoch
        and c.lease_owner = $2::text
        and c.drained_at is null
      returning c.shard`,
    values: [
      args.source,
      args.owner,
      textArray(args.shards),
      plainArray(args.epochs),
      args.seconds,
    ],
  });
  return rows.map((row) => row.shard);
}

/** Gives leases back, those that are still the owner's. */
export async function leasesRelease(
  db: Db,
  args: { source: string; owner: string },
): Promise<void> {
  await db.query({
    name: "shard_leases_release",
    text: `
      update stream_checkpoints
      set lease_owner = null,
        lease_until = null
      where source = $1::text
        and lease_owner = $2::text`,
    values: [args.source, args.owner],
  });
}

/** Moves a shard's checkpoint under its lease; false where the lease is another's by now. */
export async function checkpointAdvance(
  db: Db,
  args: LeaseKey & {
    readonly owner: string;
    readonly checkpoint: string;
    readonly lagMs: number | null;
  },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "shard_checkpoint_advance",
    text: `
      update stream_checkpoints
      set checkpoint = $5::text,
        lag_ms = $6::bigint,
        updated_at = clock_timestamp()
      where source = $1::text
        and shard = $2::text
        and epoch = $3::bigint
        and lease_owner = $4::text`,
    values: [args.source, args.shard, args.epoch, args.owner, args.checkpoint, args.lagMs],
  });
  return (rowCount ?? 0) > 0;
}

/** Notes that a closed shard was read to its end, so that its children may be read; false where the lease is another's by now. */
export async function shardDrained(
  db: Db,
  args: LeaseKey & { readonly owner: string },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "shard_drained",
    text: `
      update stream_checkpoints
      set drained_at = clock_timestamp(),
        lag_ms = 0,
        lease_owner = null,
        lease_until = null,
        updated_at = clock_timestamp()
      where source = $1::text
        and shard = $2::text
        and epoch = $3::bigint
        and lease_owner = $4::text`,
    values: [args.source, args.shard, args.epoch, args.owner],
  });
  return (rowCount ?? 0) > 0;
}

/**
 * Notes how far a partition was taken, for whoever looks; the consumer group's offset decides where reading goes on, since the
 * ids of the movements make a record that is read again change nothing.
 */
export async function partitionNote(
  db: Db,
  args: { source: string; shard: string; owner: string; checkpoint: string },
): Promise<void> {
  await db.query({
    name: "partition_note",
    text: `
      insert into stream_checkpoints (source, shard, checkpoint, lease_owner)
      values ($1::text, $2::text, $3::text, $4::text)
      on conflict (source, shard) do update
      set checkpoint = excluded.checkpoint,
        lease_owner = excluded.lease_owner,
        updated_at = clock_timestamp()`,
    values: [args.source, args.shard, args.checkpoint, args.owner],
  });
}

export interface SourceRow {
  readonly source: string;
  readonly shard: string;
  readonly checkpoint: string;
  readonly lease_owner: string | null;
  readonly drained_at: Date | null;
  readonly lag_ms: number | null;
  readonly updated_at: Date;
}

/** Every place of every source. */
export async function sourcesRead(db: Db): Promise<SourceRow[]> {
  const { rows } = await db.query<SourceRow>({
    name: "sources_read",
    text: `
      select source, shard, checkpoint, lease_owner, drained_at, lag_ms, updated_at
      from stream_checkpoints
      order by source, shard`,
  });
  return rows;
}
