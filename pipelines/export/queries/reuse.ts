/** SQL of reports that answer for others: which one would be written the same again. */
import type { Db } from "../../../platform/postgres.ts";
import { REPORT_COLUMNS, type ReportRow } from "./reports.ts";

/**
 * Where the event log stands in this snapshot, as an array in PostgreSQL's text form: positions are drawn under the lanes' locks by
 * whoever changes something, so the same marks mean that nothing was committed in between.
 */
export async function logMarksRead(db: Db): Promise<string> {
  const { rows } = await db.query<{ marks: string }>({
    name: "log_marks_read",
    text: `
      select (sum(next_position) filter (where id < 256)::bigint
        || array_agg(next_position order by id) filter (where id >= 256))::text as marks
      from lanes`,
  });
  const marks = rows[0]?.marks;
  if (marks === undefined) throw new Error("there are no lanes");
  return marks;
}

/**
 * The newest finished report of the key that would be written the same again: its view was not refreshed since and would be read
 * again, or nothing that reports tell of was committed since its snapshot. `viewSeconds` is how old a view may be to be read.
 */
export async function reportReusable(
  db: Db,
  args: {
    readonly reuseKey: string;
    readonly lifetimeSeconds: number;
    readonly viewSeconds: number;
  },
): Promise<ReportRow | undefined> {
  const { rows } = await db.query<ReportRow>({
    name: "report_reusable",
    text: `
      select ${REPORT_COLUMNS}
      from reports r
      where r.reuse_key = $1::text
        and r.status = 'completed'
        and r.reused_id is null
        and r.expired_at is null
        and r.finished_at > clock_timestamp() - make_interval(secs => $2::int)
        and case
          when r.view_read is not null then exists (
            select 1
            from view_refreshes v
            where v.view_name = r.view_read
              and date_trunc('milliseconds', v.refreshed_at) = r.as_of
              and v.refreshed_at > clock_timestamp() - make_interval(secs => $3::int)
          )
          else r.log_marks[1] = (select sum(next_position) from lanes where id < 256)
            and not exists (
              select 1
              from lanes n
              join events e on e.lane = n.id
                and e.position >= r.log_marks[n.id - 254]
                and e.recorded_at > r.started_at - interval '1 hour' -- spares old partitions; longer than a transaction may last
              where n.id >= 256
                and n.next_position > r.log_marks[n.id - 254]
                and e.type !~ '^stockline[.](report|import|webhook|lane)[.]'
            )
        end
      order by r.finished_at desc
      limit 1`,
    values: [args.reuseKey, args.lifetimeSeconds, args.viewSeconds],
  });
  return rows[0];
}
