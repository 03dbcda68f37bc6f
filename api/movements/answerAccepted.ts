/** Stores what was resolved and answers it: at once (202), or with the final outcomes where the client waits for them. */
import { FaultList } from "../../domain/faultList.ts";
import type { Acceptance, Resolved } from "../../pipelines/intake/index.ts";
import { type MovementRow, movementsRead } from "../../pipelines/movements/index.ts";
import type { RouteAnswer } from "../http/route.ts";
import type { MovementDeps } from "./movementDeps.ts";

/** The preference, its value maybe in quotes and with spaces around the sign. */
const WAIT = /(?:^|[,;\s])wait\s*=\s*("?)(\d{1,9})\1(?=$|[,;\s])/i;
/** Longest time that Prefer: wait may ask for. */
const WAIT_SECONDS_MAX = 30;

interface AcceptOptions {
  /** The commands are one atomic group. */
  readonly isGroup: boolean;
  /** Where the id of a place stands in the body. */
  readonly pointerOf: (place: number) => string;
}

/**
 * Stores the commands; answers one acceptance each. Throws InvalidInputError with the faults that were found, unless they are
 * of the moment and the very same movements were accepted before; and where ids were used for other movements.
 */
export async function acceptResolved(
  deps: Pick<MovementDeps, "intake">,
  resolved: Resolved,
  options: AcceptOptions,
): Promise<Acceptance[]> {
  const { isGroup, pointerOf } = options;
  const { commands, faults } = resolved;
  if (isGroup && faults.count === 0) refuseTwins(commands, pointerOf);
  const acceptances =
    faults.count > 0
      ? await acceptUntimely(deps, resolved, options)
      : await (isGroup ? deps.intake.acceptGroup(commands) : deps.intake.accept(commands));
  refuseReused(acceptances, { isGroup, pointerOf });
  return acceptances;
}

/**
 * Answers the lines that time has made wrong as what was accepted before, and accepts those beside them. Throws the faults
 * where one of them is not known; a group is known whole, or not at all.
 */
async function acceptUntimely(
  { intake }: Pick<MovementDeps, "intake">,
  { commands, faults, mayBeRepeat, untimely }: Resolved,
  { isGroup }: Pick<AcceptOptions, "isGroup">,
): Promise<Acceptance[]> {
  const isAsked = (place: number) => isGroup || untimely.has(place);
  const asked = commands.filter((_, place) => isAsked(place));
  const known = mayBeRepeat ? await intake.recall(asked) : undefined;
  if (known === undefined) throw faults.toError();
  const rest = commands.filter((_, place) => !isAsked(place));
  if (rest.length === 0) return known;
  const recalled = known.values();
  const accepted = (await intake.accept(rest)).values();
  return commands.flatMap((_, place) => {
    const { value } = (isAsked(place) ? recalled : accepted).next();
    return value ?? [];
  });
}

/** One id can't stand for two lines of a group. */
function refuseTwins(
  commands: readonly { readonly id: string }[],
  pointerOf: AcceptOptions["pointerOf"],
): void {
  const seen = new Set<string>();
  const faults = new FaultList();
  commands.forEach(({ id }, place) => {
    if (seen.has(id)) {
      faults.add(() => ({
        pointer: `${pointerOf(place)}/id`,
        code: "duplicate_id",
        detail: `id "${id}" names another line of the group as well; give each line its own id`,
      }));
    }
    seen.add(id);
  });
  if (faults.count > 0) throw faults.toError("duplicate_id");
}

/** An id that was used for another body: the line is refused, and so is the request when it is a group or all its lines are. */
function refuseReused(
  acceptances: readonly Acceptance[],
  { isGroup, pointerOf }: AcceptOptions,
): void {
  const faults = new FaultList();
  acceptances.forEach(({ id, result }, place) => {
    if (result !== "reused") return;
    faults.add(() => ({
      pointer: `${pointerOf(place)}/id`,
      code: "id_reused",
      detail: `id "${id}" was used for another movement; use a new id for a new movement`,
    }));
  });
  if (faults.count > 0 && (isGroup || faults.count === acceptances.length)) {
    throw faults.toError("id_reused");
  }
}

interface AcceptedParts {
  readonly acceptances: readonly Acceptance[];
  /** Id of the request, where its movements are found by it; else there is one movement. */
  readonly requestId: string | null;
  /** The request's Prefer header. */
  readonly prefer: string | undefined;
}

/** The answer to accepted movements, after the wait that the client asked for. */
export async function answerAccepted(
  deps: Pick<MovementDeps, "db" | "waiter">,
  { acceptances, requestId, prefer }: AcceptedParts,
): Promise<RouteAnswer> {
  const statusUrl = statusUrlOf(acceptances, requestId);
  const replayed = acceptances.every((acceptance) => acceptance.result === "repeat");
  const headers = {
    location: statusUrl,
    ...(replayed ? { "idempotency-replayed": "true" } : {}),
  };
  const waitMs = waitMsOf(prefer);
  if (waitMs > 0) {
    const ids = acceptances.filter((one) => one.result !== "reused").map((one) => one.id);
    await deps.waiter.wait(ids, waitMs);
    const rows = new Map((await movementsRead(deps.db, ids)).map((row) => [row.id, row]));
    const data = acceptances.map((acceptance) => showOutcome(acceptance, rows.get(acceptance.id)));
    const final = data.every((entry) => entry.status !== "accepted");
    return {
      status: final ? 200 : 202,
      headers: { ...headers, "preference-applied": "wait" },
      body: { data, status_url: statusUrl },
    };
  }
  const data = acceptances.map((acceptance) => showOutcome(acceptance, undefined));
  return { status: 202, headers, body: { data, status_url: statusUrl } };
}

/** Where the movements are found; a single one that another request brought is not found by this one. */
function statusUrlOf(acceptances: readonly Acceptance[], requestId: string | null): string {
  const [only] = acceptances;
  const isElsewhere =
    acceptances.length === 1 && only?.result === "repeat" && only.first.requestId !== requestId;
  return requestId === null || isElsewhere
    ? `/v1/movements/${only?.id ?? ""}`
    : `/v1/movements?request=${requestId}`;
}

function showOutcome(acceptance: Acceptance, row: MovementRow | undefined) {
  if (acceptance.result === "reused") {
    return {
      id: acceptance.id,
      status: "rejected",
      code: "id_reused",
      detail: "the id was used for another movement; use a new id for a new movement",
    };
  }
  if (row !== undefined) return showMovement(row);
  return {
    id: acceptance.id,
    status: acceptance.result === "repeat" ? acceptance.status : "accepted",
  };
}

/** Where a movement stands, as it is answered. */
export function showMovement(row: MovementRow) {
  const place = { id: row.id, status: row.status, sku: row.sku, warehouse: row.warehouse };
  switch (row.status) {
    case "accepted":
      return row.set_aside_error === null
        ? place
        : { ...place, set_aside: { error: row.set_aside_error, at: row.set_aside_at } };
    case "applied":
      return {
        ...place,
        balance_after: row.balance_after,
        version: row.version,
        applied_at: row.decided_at,
      };
    case "rejected":
      return { ...place, code: row.code, detail: row.detail, rejected_at: row.decided_at };
  }
}

/** Milliseconds that RFC 7240's "wait" preference asks for; 0 where it does not. */
function waitMsOf(prefer: string | undefined): number {
  const seconds = WAIT.exec(prefer ?? "")?.[2];
  return seconds === undefined ? 0 : Math.min(Number(seconds), WAIT_SECONDS_MAX) * 1_000;
}
