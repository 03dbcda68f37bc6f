/**
 * Create, read, list, patch and archive an entity of any kind. A write is one transaction that ends with its event;
 * the cached look-ups hear of it after the commit. Entities are never deleted: an archived one stays readable.
 */
import assert from "node:assert/strict";
import { ConflictError, NotFoundError, StaleVersionError } from "../../domain/errors.ts";
import { laneOfItem } from "../../domain/lane.ts";
import { type PersonalData, redactRow } from "../../platform/personalData.ts";
import {
  type DbClient,
  type DbPool,
  inTransaction,
  sqlState,
  violatedConstraint,
} from "../../platform/postgres.ts";
import { appendEvents } from "../events/index.ts";
import type { CatalogueLookup } from "./createCatalogueLookup.ts";
import { type EntityKind, ITEM_KIND } from "./entityKinds.ts";
import {
  type EntityFields,
  type EntityFilters,
  type EntityReference,
  type EntityRow,
  entitiesList,
  entityInsert,
  entityRead,
  entityUpdate,
} from "./queries/entities.ts";
import { skuLookAlike } from "./queries/usage.ts";

export interface CatalogueDeps {
  readonly db: DbPool;
  readonly catalogue: Pick<CatalogueLookup, "announce">;
  readonly personal: PersonalData;
}

/** What reading takes. */
type EntityReadDeps = Pick<CatalogueDeps, "db" | "personal">;

/** Which entity is meant, and what it must fulfil to exist for the caller. */
export interface EntityTarget {
  readonly reference: EntityReference;
  readonly scope: EntityFilters;
}

/** Who writes, and which version they saw (If-Match); undefined: whatever is there. */
interface WriteOptions {
  readonly actor: string;
  readonly ifMatch: number | undefined;
}

/** Entities in the kind's order, one more than `limit` where there are more. */
export async function listEntities(
  deps: EntityReadDeps,
  kind: EntityKind,
  args: { filters: EntityFilters; after: readonly string[] | undefined; limit: number },
): Promise<EntityRow[]> {
  await readyFor(deps, kind);
  const filters = { ...args.filters, ...personalFilters(deps, kind, args.filters) };
  const rows = await entitiesList(deps.db, kind.table, { ...args, filters, limit: args.limit + 1 });
  return opened(deps, kind, rows);
}

/** The entity, archived or not; throws NotFoundError. */
export async function readEntity(
  deps: EntityReadDeps,
  kind: EntityKind,
  target: EntityTarget,
): Promise<EntityRow> {
  await readyFor(deps, kind);
  const row = await entityRead(deps.db, kind.table, { ...target, lock: false });
  if (row === undefined) throw new NotFoundError(kind.name, target.reference.value);
  return openedOne(deps, kind, row);
}

/**
 * Writes a new entity under the given id; the same id again (a repeated request) answers what the first one made.
 * Throws ConflictError already_exists or sku_confusable.
 */
export async function createEntity(
  deps: CatalogueDeps,
  kind: EntityKind,
  args: { readonly id: string; readonly fields: EntityFields; readonly actor: string },
): Promise<EntityRow> {
  const { id, fields, actor } = args;
  kind.check?.(fields);
  await readyFor(deps, kind);
  const row = await inTransaction(deps.db, async (tx) => {
    const first = await readById(tx, kind, id);
    if (first !== undefined) return first;
    await refuseLookAlike(tx, kind, { id, fields });
    const lane = kind === ITEM_KIND ? { lane: laneOfItem(id) } : {};
    const written = await entityInsert(tx, kind.table, {
      ...sealedFields(deps, kind, { id, fields }),
      ...lane,
      id,
    });
    if (written === undefined) return present(kind, id, await readById(tx, kind, id));
    const whole = await withParts(tx, kind, { row: written, fields });
    await appendEvent(tx, kind, { change: "created", row: whole, actor });
    return whole;
  }).catch((thrown: unknown) => {
    throw duplicateOf(kind, fields, thrown);
  });
  await announce(deps, kind, [row]);
  return openedOne(deps, kind, row);
}

/** Changes the given fields; throws NotFoundError, StaleVersionError, ConflictError, InvalidInputError. */
export async function patchEntity(
  deps: CatalogueDeps,
  kind: EntityKind,
  args: EntityTarget & WriteOptions & { readonly fields: EntityFields },
): Promise<EntityRow> {
  const { fields, actor } = args;
  await readyFor(deps, kind);
  const rows = await inTransaction(deps.db, async (tx) => {
    await guardChange(tx, kind, args);
    const before = await lockEntity(tx, kind, args);
    if (Object.keys(fields).length === 0) return { before, after: before };
    kind.check?.({ ...before, ...fields });
    await refuseLookAlike(tx, kind, { id: before.id, fields });
    const sealed = sealedFields(deps, kind, { id: before.id, fields });
    const row = await changeEntity(tx, kind, { id: before.id, fields: sealed });
    const after = await withParts(tx, kind, { row, fields });
    await appendEvent(tx, kind, { change: "updated", row: after, actor });
    return { before, after };
  }).catch((thrown: unknown) => {
    throw duplicateOf(kind, fields, thrown);
  });
  await announce(deps, kind, [rows.before, rows.after]);
  return openedOne(deps, kind, rows.after);
}

/** Archives the entity; one that is archived already stays as it is. Throws ConflictError in_use while something hangs on it. */
export async function archiveEntity(
  deps: CatalogueDeps,
  kind: EntityKind,
  args: EntityTarget & WriteOptions,
): Promise<EntityRow> {
  await readyFor(deps, kind);
  const row = await inTransaction(deps.db, async (tx) => {
    const before = await lockEntity(tx, kind, args);
    if (before.status === "archived") return before;
    await refuseUsed(tx, kind, before);
    const after = await changeEntity(tx, kind, { id: before.id, fields: { status: "archived" } });
    await appendEvent(tx, kind, { change: "archived", row: after, actor: args.actor });
    return after;
  });
  await announce(deps, kind, [row]);
  return openedOne(deps, kind, row);
}

/** Keys are fetched before a transaction, and only for kinds with personal data: the others go on while KMS is away. */
async function readyFor({ personal }: EntityReadDeps, kind: EntityKind): Promise<void> {
  if (kind.table.personal !== undefined) await personal.ready();
}

async function opened(
  { personal }: EntityReadDeps,
  kind: EntityKind,
  rows: EntityRow[],
): Promise<EntityRow[]> {
  const { personal: table } = kind.table;
  return table === undefined ? rows : personal.openRows(table, rows);
}

async function openedOne(
  deps: EntityReadDeps,
  kind: EntityKind,
  row: EntityRow,
): Promise<EntityRow> {
  return present(kind, row.id, (await opened(deps, kind, [row]))[0]);
}

function sealedFields(
  { personal }: EntityReadDeps,
  kind: EntityKind,
  { id, fields }: { readonly id: string; readonly fields: EntityFields },
): EntityFields {
  const { personal: table } = kind.table;
  return table === undefined ? fields : personal.sealFields(table, id, fields);
}

/** Personal data is sought by its blind index. */
function personalFilters(
  { personal }: EntityReadDeps,
  kind: EntityKind,
  filters: EntityFilters,
): EntityFilters {
  const indexes = Object.entries(kind.table.personal?.indexes ?? {});
  const given = indexes.flatMap(([column, index]) => {
    const text = filters[column];
    return typeof text === "string" ? [[column, personal.indexOf(index.kind, text)]] : [];
  });
  return Object.fromEntries(given);
}

async function lockEntity(
  tx: DbClient,
  kind: EntityKind,
  args: EntityTarget & WriteOptions,
): Promise<EntityRow> {
  const { reference, scope, ifMatch } = args;
  const row = await entityRead(tx, kind.table, { reference, scope, lock: true });
  if (row === undefined) throw new NotFoundError(kind.name, reference.value);
  if (ifMatch === undefined || ifMatch === row.version) return row;
  throw new StaleVersionError(`${kind.name} ${nameOf(kind, row)}`, {
    found: String(row.version),
    expected: String(ifMatch),
  });
}

async function changeEntity(
  tx: DbClient,
  kind: EntityKind,
  change: { readonly id: string; readonly fields: EntityFields },
): Promise<EntityRow> {
  return present(kind, change.id, await entityUpdate(tx, kind.table, change));
}

/** Writes what lies in tables of its own; answers the entity with it. */
async function withParts(
  tx: DbClient,
  kind: EntityKind,
  { row, fields }: { readonly row: EntityRow; readonly fields: EntityFields },
): Promise<EntityRow> {
  const isWritten = await kind.writeParts?.(tx, row.id, fields);
  return isWritten === true ? present(kind, row.id, await readById(tx, kind, row.id)) : row;
}

async function guardChange(
  tx: DbClient,
  kind: EntityKind,
  args: EntityTarget & { readonly fields: EntityFields },
): Promise<void> {
  if (kind.guardChange === undefined) return;
  const row = await entityRead(tx, kind.table, { ...args, lock: false });
  if (row !== undefined) await kind.guardChange(tx, row.id, args.fields);
}

function readById(tx: DbClient, kind: EntityKind, id: string): Promise<EntityRow | undefined> {
  return entityRead(tx, kind.table, {
    reference: { by: "id", value: id },
    scope: {},
    lock: false,
  });
}

/** Entities are never deleted, so one that was there a statement ago is there. */
function present(kind: EntityKind, id: string, row: EntityRow | undefined): EntityRow {
  assert(row !== undefined, `${kind.name} ${id} is there`);
  return row;
}

async function appendEvent(
  tx: DbClient,
  kind: EntityKind,
  event: {
    readonly change: "created" | "updated" | "archived";
    readonly row: EntityRow;
    readonly actor: string;
  },
): Promise<void> {
  await appendEvents(tx, [
    {
      type: `${kind.events}.${event.change}`,
      entityId: event.row.id,
      subject: kind.subjectOf(event.row),
      data: { ...redactRow(kind.table.personal, event.row), changed_by: event.actor },
    },
  ]);
}

async function announce(
  deps: CatalogueDeps,
  kind: EntityKind,
  rows: readonly EntityRow[],
): Promise<void> {
  const { changeOf } = kind;
  if (changeOf === undefined) return;
  const changes = rows.map((row) => changeOf(row));
  await deps.catalogue.announce({
    skus: changes.flatMap((change) => change.skus ?? []),
    codes: changes.flatMap((change) => change.codes ?? []),
  });
}

/** SKUs are compared exactly; one that only looks like another that is live is refused, never merged. */
async function refuseLookAlike(
  tx: DbClient,
  kind: EntityKind,
  written: { readonly id: string; readonly fields: EntityFields },
): Promise<void> {
  const sku = written.fields["sku"];
  if (kind !== ITEM_KIND || typeof sku !== "string") return;
  const other = await skuLookAlike(tx, { sku, exceptId: written.id });
  if (other === undefined) return;
  throw new ConflictError({
    code: "sku_confusable",
    detail: `sku ${JSON.stringify(sku)} differs from the item ${JSON.stringify(other)} only by case, width, spaces or look-alike letters; use that item, or another sku`,
    context: { existing_sku: other },
  });
}

async function refuseUsed(tx: DbClient, kind: EntityKind, row: EntityRow): Promise<void> {
  const usage = await kind.usage?.(tx, row.id);
  if (usage === undefined) return;
  const reasons = [
    usage.levels > 0 ? `${usage.levels} stock levels that are not zero` : "",
    usage.order_lines > 0 ? `${usage.order_lines} lines of open purchase orders` : "",
    usage.movements_pending > 0 ? `${usage.movements_pending} movements still to be applied` : "",
  ].filter((reason) => reason !== "");
  if (reasons.length === 0) return;
  throw new ConflictError({
    code: "in_use",
    detail: `${kind.name} ${nameOf(kind, row)} has ${reasons.join(" and ")}; settle them before it is archived`,
  });
}

const UNIQUE_VIOLATION = "23505";

/** Names the duplicate where the database refused one; whatever else was thrown stays as it is. */
function duplicateOf(kind: EntityKind, fields: EntityFields, thrown: unknown): unknown {
  if (sqlState(thrown) !== UNIQUE_VIOLATION) return thrown;
  if (violatedConstraint(thrown)?.startsWith(kind.table.table) !== true) return thrown;
  return new ConflictError({
    code: "already_exists",
    detail: `${kind.name} ${nameOf(kind, fields)} exists already; read it, or restore it with PATCH where it is archived`,
    cause: thrown,
  });
}

function nameOf(kind: EntityKind, fields: EntityFields): string {
  return kind.namedBy
    .map((member) => fields[member])
    .filter((value) => value !== undefined)
    .map((value) => JSON.stringify(value))
    .join(" at ");
}
