/** SQL of plans: the policies whose figures are due to be worked out, and keeping what came of it. */
import type { Db } from "../../../platform/postgres.ts";
import { plainArray, textArray } from "../../../platform/sqlArrays.ts";
import type { OfferJson } from "../readOffers.ts";
import { offersOf, POLICY_COLUMNS, type PolicyColumns } from "./needs.ts";

export interface DuePolicyRow extends PolicyColumns {
  readonly id: string;
  readonly item_id: string;
  readonly warehouse_id: string;
  readonly version: number;
  readonly today: string;
  readonly offers: readonly OfferJson[];
}

const POLICY = `
      select r.id,
        r.item_id,
        r.warehouse_id,
        r.version,
        ($1::timestamptz at time zone w.time_zone)::date::text as today,
        ${POLICY_COLUMNS},
        c.offers
      from reorder_policies r
      join inventory_items i on i.id = r.item_id
      join warehouses w on w.id = r.warehouse_id
      cross join lateral (${offersOf("r.item_id")}
      ) c`;

/** Active policies that follow demand and have no figures, figures of an earlier version, or older ones than `before`. */
export async function duePoliciesRead(
  db: Db,
  args: {
    readonly now: Date;
    readonly before: Date;
    readonly after: string | null;
    readonly limit: number;
  },
): Promise<DuePolicyRow[]> {
  const { rows } = await db.query<DuePolicyRow>({
    name: "due_policies_read",
    text: `${POLICY}
      left join reorder_plans p on p.item_id = r.item_id and p.warehouse_id = r.warehouse_id
      where r.status = 'active'
        and i.status = 'active'
        and w.status = 'active'
        and r.method not in ('min_max', 'reorder_point')
        and (p.item_id is null or p.policy_version <> r.version or p.planned_at < $2::timestamptz)
        and ($3::uuid is null or r.id > $3::uuid)
      order by r.id
      limit $4::int`,
    values: [args.now, args.before, args.after, args.limit],
  });
  return rows;
}

/** One active policy, whatever its method. */
export async function policyRead(
  db: Db,
  args: { readonly id: string; readonly now: Date },
): Promise<DuePolicyRow | undefined> {
  const { rows } = await db.query<DuePolicyRow>({
    name: "policy_to_plan_read",
    text: `${POLICY}
      where r.id = $2::uuid`,
    values: [args.now, args.id],
  });
  return rows[0];
}

export interface PlanWrite {
  readonly policyId: string;
  readonly itemId: string;
  readonly warehouseId: string;
  readonly policyVersion: number;
  readonly reorderAt: string | null;
  readonly orderUpTo: string | null;
  readonly working: Readonly<Record<string, unknown>>;
}

/** Keeps plans, and gives their policies the reorder level that came of them, where the policy is still the one planned for. */
export async function plansWrite(
  db: Db,
  { plans, now }: { readonly plans: readonly PlanWrite[]; readonly now: Date },
): Promise<void> {
  await db.query({
    name: "reorder_plans_write",
    text: `
      with given as materialized (
        select g.*
        from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::numeric[], $6::numeric[], $7::text[])
          as g (policy_id, item_id, warehouse_id, policy_version, reorder_at, order_up_to, working)
      ),
      locked as materialized (
        select r.id
        from reorder_policies r
        join given g on g.policy_id = r.id and g.policy_version = r.version
        order by r.id
        for update of r
      ),
      kept as (
        insert into reorder_plans as p (
          item_id, warehouse_id, policy_version, planned_at, reorder_at, order_up_to, working)
        select g.item_id, g.warehouse_id, g.policy_version, $8::timestamptz, g.reorder_at, g.order_up_to, g.working::jsonb
        from given g
        join locked l on l.id = g.policy_id
        order by g.item_id, g.warehouse_id
        on conflict on constraint reorder_plans_pkey do update
        set policy_version = excluded.policy_version,
          planned_at = excluded.planned_at,
          reorder_at = excluded.reorder_at,
          order_up_to = excluded.order_up_to,
          working = excluded.working
        where p.planned_at <= excluded.planned_at
        returning p.item_id, p.warehouse_id, p.reorder_at
      )
      update reorder_policies r
      set reorder_at = k.reorder_at
      from kept k
      where r.item_id = k.item_id
        and r.warehouse_id = k.warehouse_id
        and r.reorder_at is distinct from k.reorder_at`,
    values: [
      plainArray(plans.map((plan) => plan.policyId)),
      plainArray(plans.map((plan) => plan.itemId)),
      plainArray(plans.map((plan) => plan.warehouseId)),
      plainArray(plans.map((plan) => plan.policyVersion)),
      plainArray(plans.map((plan) => plan.reorderAt)),
      plainArray(plans.map((plan) => plan.orderUpTo)),
      textArray(plans.map((plan) => JSON.stringify(plan.working))),
      now,
    ],
  });
}

export interface PlanRow {
  readonly sku: string;
  readonly warehouse: string;
  readonly planned_at: Date;
  readonly reviewed_on: string | null;
  readonly reorder_at: string | null;
  readonly order_up_to: string | null;
  readonly working: Readonly<Record<string, unknown>>;
}

/** The kept plan of a policy. */
export async function planRead(db: Db, policyId: string): Promise<PlanRow | undefined> {
  const { rows } = await db.query<PlanRow>({
    name: "reorder_plan_read",
    text: `
      select i.sku, w.code as warehouse, p.planned_at, p.reviewed_on::text as reviewed_on,
        trim_scale(p.reorder_at)::text as reorder_at, trim_scale(p.order_up_to)::text as order_up_to, p.working
      from reorder_policies r
      join inventory_items i on i.id = r.item_id
      join warehouses w on w.id = r.warehouse_id
      join reorder_plans p on p.item_id = r.item_id and p.warehouse_id = r.warehouse_id and p.policy_version = r.version
      where r.id = $1::uuid`,
    values: [policyId],
  });
  return rows[0];
}

export interface SubjectRow extends Omit<PolicyColumns, "method"> {
  readonly today: string;
  readonly offers: readonly OfferJson[];
  /** Null where the pair has no active policy. */
  readonly method: PolicyColumns["method"] | null;
}

/** What a simulation of a pair stands on: its active policy, if there is one, and who sells the item. */
export async function simulationSubjectRead(
  db: Db,
  args: { readonly itemId: string; readonly warehouseId: string; readonly now: Date },
): Promise<SubjectRow | undefined> {
  const { rows } = await db.query<SubjectRow>({
    name: "simulation_subject_read",
    text: `
      select ($1::timestamptz at time zone w.time_zone)::date::text as today,
        ${POLICY_COLUMNS},
        c.offers
      from inventory_items i
      join warehouses w on w.id = $3::uuid
      left join reorder_policies r on r.item_id = i.id and r.warehouse_id = w.id and r.status = 'active'
      cross join lateral (${offersOf("i.id")}
      ) c
      where i.id = $2::uuid`,
    values: [args.now, args.itemId, args.warehouseId],
  });
  return rows[0];
}
