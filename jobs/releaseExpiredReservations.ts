/** Job release-expired-reservations: posts the releases of lapsed reservations, as the lane workers' sweep does each second. */
import { releaseLapsedReservations } from "../pipelines/reservations/index.ts";
import type { JobFunction } from "../pipelines/schedule/index.ts";
import type { Context } from "../platform/context.ts";

/** Makes the job; its rows are the releases that it posted. */
export function releaseExpiredReservationsJob({ db }: Pick<Context, "db">): JobFunction {
  return async (run) => {
    const { posted } = await releaseLapsedReservations(db, { signal: run.signal });
    return { rows: posted, outcome: { releases_posted: posted } };
  };
}
