/**
 * Refreshes the materialized views one at a time, each in a transaction of its own, without blocking readers. A scheduled
 * refresh is left out while no event was recorded since the last one; after UNCHANGED_MINUTES_MAX it is done all the same,
 * since not every change of the catalogue need leave an event. One that somebody asked for is always done.
 */
import type { Clock } from "../../platform/clock.ts";
import type { Metrics } from "../../platform/metrics.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import {
  eventsMarkRead,
  refreshBoundsSet,
  VIEW_NAMES,
  type ViewName,
  viewRefresh,
  viewRefreshesRead,
} from "./queries.ts";

/** Another refresh of the same view is waited for this long; then the job fails and the next tick tries again (P21). */
const LOCK_TIMEOUT_MS = 2_000;
const STATEMENT_TIMEOUT_MS = 10 * 60_000;
/** A scheduled refresh is done at least this often. */
const UNCHANGED_MINUTES_MAX = 5;

export interface RefreshedView {
  readonly view: ViewName;
  readonly rows: number;
  /** RFC 3339: when the snapshot was taken that the view holds. */
  readonly refreshed_at: string;
}

/** What a refresh leaves: the views with their ages, and the mark by which the next one sees whether anything changed. */
export interface RefreshOutcome {
  readonly refreshed: boolean;
  readonly mark: number;
  readonly views: readonly RefreshedView[];
}

interface RefreshDeps {
  readonly db: DbPool;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, "viewRefreshed">;
}

interface RefreshRequest {
  /** The mark that the last refresh left, if any. */
  readonly lastMark: number | undefined;
  /** True: refresh also where nothing seems to have changed. */
  readonly always: boolean;
  readonly signal: AbortSignal;
}

/** Refreshes all views, or none where nothing changed; answers how old each one is. */
export async function refreshViews(
  deps: RefreshDeps,
  request: RefreshRequest,
): Promise<RefreshOutcome> {
  // Read before the refresh: what is committed in between only makes the next refresh happen.
  const mark = await eventsMarkRead(deps.db);
  const due = request.always || request.lastMark !== mark || (await isOverdue(deps));
  if (due) {
    for (const view of VIEW_NAMES) {
      request.signal.throwIfAborted();
      await refreshOne(deps.db, view);
    }
  }
  const views = await viewRefreshesRead(deps.db);
  for (const view of views) {
    deps.metrics.viewRefreshed.set({ view: view.view_name }, view.refreshed_at.getTime() / 1_000);
  }
  return {
    refreshed: due,
    mark,
    views: views.map((view) => ({
      view: view.view_name,
      rows: view.rows,
      refreshed_at: view.refreshed_at.toISOString(),
    })),
  };
}

async function isOverdue({ db, clock }: RefreshDeps): Promise<boolean> {
  const views = await viewRefreshesRead(db);
  const oldest = Math.min(...views.map((view) => view.refreshed_at.getTime()));
  return clock.now().getTime() - oldest >= UNCHANGED_MINUTES_MAX * 60_000;
}

function refreshOne(db: DbPool, view: ViewName): Promise<unknown> {
  return inTransaction(db, async (tx) => {
    await refreshBoundsSet(tx, {
      lockTimeoutMs: LOCK_TIMEOUT_MS,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    });
    return viewRefresh(tx, view);
  });
}
