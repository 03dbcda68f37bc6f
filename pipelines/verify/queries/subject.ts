/**
 * What is verified, as data: rows that were read and joined, the checks that each must pass, and what is counted on the way.
 * A subject is screened by one statement that answers counts only; the faults are listed only where the screen found some.
 */
import type { Db } from "../../../platform/postgres.ts";

/** A check of a row `e`, as SQL: when it fails (null: it does not), what was expected and what was found (text). */
export interface Check {
  readonly name: string;
  readonly wrong: string;
  readonly expected: string;
  readonly found: string;
}

export interface Subject<Tally extends string> {
  /** Unique; part of the statements' names. */
  readonly name: string;
  /** Common table expressions, the last named `judged`, with columns item_id, warehouse_id, movement_id and lane. */
  readonly judged: string;
  readonly checks: readonly Check[];
  /** Conditions by the names of what they count. */
  readonly tallies: Readonly<Record<Tally, string>>;
}

/** Both sides must be the same; one that is missing (null) is the business of another check. */
export function same(name: string, expected: string, found: string): Check {
  const text = (of: string) => (of.includes("hash") ? `encode(${of}, 'hex')` : `(${of})::text`);
  return {
    name,
    wrong: `${expected} <> ${found}`,
    expected: text(expected),
    found: text(found),
  };
}

/** The check where the condition holds. */
export function where(condition: string, checks: readonly Check[]): Check[] {
  return checks.map((check) => ({ ...check, wrong: `${condition} and (${check.wrong})` }));
}

/** How many rows have a fault, beside the subject's own counts. */
export type Screen<Tally extends string> = Readonly<Record<Tally | "faulty", number>>;

/** Screens a subject: reads its rows and answers counts. */
export async function subjectScreen<Tally extends string>(
  db: Db,
  subject: Subject<Tally>,
  values: readonly unknown[] = [],
): Promise<Screen<Tally>> {
  const wrong = subject.checks.map((check) => `(${check.wrong})`).join(" or ");
  const tallies = Object.entries<string>(subject.tallies).map(
    ([name, condition]) => `count(*) filter (where ${condition}) as ${name}`,
  );
  const { rows } = await db.query<Screen<Tally>>({
    name: `verify_screen_${subject.name}`,
    text: `
      with ${subject.judged}
      select ${[...tallies, `count(*) filter (where ${wrong}) as faulty`].join(",\n")}
      from judged e`,
    values: [...values],
  });
  const screen = rows[0];
  if (screen === undefined) throw new Error(`the screen of ${subject.name} answered nothing`);
  return screen;
}

export interface FaultRow {
  readonly check_name: string;
  readonly sku: string | null;
  readonly warehouse: string | null;
  readonly movement_id: string | null;
  readonly lane: number | null;
  readonly expected: string;
  readonly found: string;
  /** Faults in all. */
  readonly total: number;
}

/** The first faults of a subject, each with the number of all of them. */
export async function subjectFaults(
  db: Db,
  subject: Subject<string>,
  { values, limit }: { readonly values: readonly unknown[]; readonly limit: number },
): Promise<FaultRow[]> {
  const checks = subject.checks.map(
    ({ name, wrong, expected, found }) => `('${name}', ${wrong}, ${expected}, ${found})`,
  );
  const { rows } = await db.query<FaultRow>({
    name: `verify_faults_${subject.name}`,
    text: `
      with ${subject.judged}
      select f.check_name, i.sku, w.code as warehouse, f.movement_id, f.lane, coalesce(f.expected, 'nothing') as expected,
        coalesce(f.found, 'nothing') as found, f.total
      from (
        select c.check_name, e.item_id, e.warehouse_id, e.movement_id, e.lane, c.expected, c.found, count(*) over () as total
        from judged e
        cross join lateral (values
          ${checks.join(",\n")}
        ) as c (check_name, wrong, expected, found)
        where c.wrong
        limit $${values.length + 1}::int
      ) f
      left join inventory_items i on i.id = f.item_id
      left join warehouses w on w.id = f.warehouse_id
      order by f.check_name, i.sku, w.code, f.movement_id, f.lane`,
    values: [...values, limit],
  });
  return rows;
}
