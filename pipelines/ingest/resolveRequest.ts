/**
 * From a message to a command for the inbox, or to the reason why it can't be one. The checks are those of POST /v1/movements:
 * the same schema (domain/movementSchema.ts) and the same resolution against the catalogue (pipelines/intake).
 */
import {
  type EventFault,
  type EventNames,
  type MovementRequest,
  readMovementRequested,
  type SigningKeys,
} from "../../domain/movementRequested.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Db } from "../../platform/postgres.ts";
import { readTraceparent, withTraceparent } from "../../platform/traceContext.ts";
import type { CatalogueLookup } from "../catalogue/index.ts";
import type { CustomerCheck } from "../customers/index.ts";
import { type MovementCommand, recallAcceptances, resolveMovements } from "../intake/index.ts";
import type { ClosedPeriods } from "../periods/index.ts";

/** What messages are resolved with. */
export interface ResolveDeps {
  readonly db: Db;
  readonly catalogue: Pick<CatalogueLookup, "itemsBySku" | "warehousesByCode">;
  readonly periods: ClosedPeriods;
  readonly customers: Pick<CustomerCheck, "check" | "indexOf" | "seal">;
  readonly clock: Clock;
  readonly signingKeys: SigningKeys;
}

/** One message: a command (or that its movement is known already), or a fault. */
export type ResolvedMessage = { readonly names: EventNames } & (
  | { readonly command: MovementCommand; readonly isKnown: boolean }
  | { readonly fault: EventFault }
);

/** Resolves the bytes of a message. Throws only what the database throws. */
export async function resolveMessage(
  deps: ResolveDeps,
  payload: Uint8Array,
): Promise<ResolvedMessage> {
  const read = readMovementRequested(payload, deps.signingKeys);
  if ("fault" in read) return read;
  const resolved = await withTraceparent(readTraceparent(read.request.traceparent), () =>
    resolveRequest(deps, read.request),
  );
  return { names: read.names, ...resolved };
}

async function resolveRequest(
  deps: ResolveDeps,
  { line, movementId, source }: MovementRequest,
): Promise<{ command: MovementCommand; isKnown: boolean } | { fault: EventFault }> {
  const resolved = await resolveMovements(
    [{ ...line, id: movementId }],
    {
      catalogue: deps.catalogue,
      periods: deps.periods,
      customers: deps.customers,
      clock: deps.clock,
      idOf: () => movementId,
      warehouses: undefined,
      actor: source,
      source: "stream",
      sourceId: null,
      groupId: null,
    },
    () => "/data",
  );
  const { faults, mayBeRepeat, commands } = resolved;
  const [command] = commands;
  if (faults.count === 0 && command !== undefined) return { command, isKnown: false };
  // What was right when it first came may be so no more; a movement that was accepted then is still a repeat.
  const known = mayBeRepeat ? await recallAcceptances(deps.db, commands) : undefined;
  if (known !== undefined && command !== undefined) return { command, isKnown: true };
  const { code, message: reason } = faults.toError();
  return { fault: { code, reason } };
}
