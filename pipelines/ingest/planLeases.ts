/**
 * Which leases a worker takes next, so that the shards are spread evenly over the workers that are alive. Pure. Leases without a
 * living owner come first; where there are none, one is stolen from the richest as long as that makes the shares more even.
 */
import type { LeaseRow } from "./queries/checkpoints.ts";

export interface LeasePlan {
  readonly take: readonly LeaseRow[];
  /** True where the lease has a living owner that will notice. */
  readonly isTheft: boolean;
}

/** Plans for the worker `me`, which reads these shards at present. */
export function planLeases(
  leases: readonly LeaseRow[],
  me: string,
  reading: ReadonlySet<string>,
): LeasePlan {
  const isFree = (lease: LeaseRow): boolean =>
    !reading.has(lease.shard) && (!lease.held || lease.lease_owner === me);
  const owned = new Map<string, LeaseRow[]>([[me, []]]);
  for (const lease of leases) {
    if (!lease.held || lease.lease_owner === null) continue;
    owned.set(lease.lease_owner, [...(owned.get(lease.lease_owner) ?? []), lease]);
  }
  const share = Math.ceil(leases.length / owned.size);
  const free = leases.filter(isFree);
  const take = free.slice(0, Math.max(0, share - reading.size));
  if (free.length > 0) return { take, isTheft: false };
  const richest = [...owned]
    .filter(([owner]) => owner !== me)
    .map(([, theirs]) => theirs)
    .sort((one, other) => other.length - one.length)[0];
  const prey = richest?.at(-1);
  if (prey === undefined || (richest?.length ?? 0) - reading.size < 2) {
    return { take: [], isTheft: false };
  }
  return { take: [prey], isTheft: true };
}
