/**
 * Turns movement lines as clients write them (SKUs, codes, packs) into commands (ids, lanes, stock units), or into faults placed
 * by JSON pointer. All look-ups of a request go together; nothing is accepted here.
 */
import { describeFault } from "../../domain/errors.ts";
import { FaultList } from "../../domain/faultList.ts";
import type { Clock } from "../../platform/clock.ts";
import { currentTraceparent } from "../../platform/traceContext.ts";
import type { CatalogueLookup, ItemEntry, WarehouseEntry } from "../catalogue/index.ts";
import type { CustomerCheck, CustomerNote } from "../customers/index.ts";
import type { ClosedPeriods } from "../periods/index.ts";
import { checkCustomer, checkCustomers } from "./checkCustomer.ts";
import { checkLine, type Report } from "./checkLine.ts";
import { checkNames } from "./checkNames.ts";
import { checkPeriod, readClosedMonths } from "./checkPeriod.ts";
import { type HashedFields, hashMovementBody, type MovementCommand } from "./movementCommand.ts";
import type { MovementLine } from "./movementLine.ts";

interface ResolveOptions {
  readonly catalogue: Pick<CatalogueLookup, "itemsBySku" | "warehousesByCode">;
  readonly periods: ClosedPeriods;
  readonly customers: Pick<CustomerCheck, "check" | "indexOf" | "seal">;
  readonly clock: Clock;
  /** Id of a line that names none, by its place. */
  readonly idOf: (place: number) => string;
  /** Codes that the caller is limited to; others are as if they did not exist. */
  readonly warehouses: readonly string[] | undefined;
  readonly actor: string;
  /** The way in. Default: the API. */
  readonly source?: "api" | "stream";
  readonly sourceId: string | null;
  /** Of lines that apply together or not at all. */
  readonly groupId: string | null;
}

/** What became of the lines of a request. */
export interface Resolved {
  /** Of every line without a fault, and of those whose faults are only of the moment. */
  readonly commands: MovementCommand[];
  readonly faults: FaultList;
  /**
   * True where all faults are of the moment: what was right when it was first sent may be so no more (the time of a reservation
   * is over, the month is closed). Ids that were accepted then are still answered as they stand.
   */
  readonly mayBeRepeat: boolean;
  /** Places of the lines that have such faults. */
  readonly untimely: ReadonlySet<number>;
}

/** Codes of faults that a line may have come to have since it was accepted. */
const OF_THE_MOMENT: ReadonlySet<string> = new Set([
  "date_past",
  "period_closed",
  "item_archived",
  "warehouse_archived",
  "unknown_customer",
  "customer_closed",
]);

/** Answers the commands of all lines, and every fault found. Pointers start at `pointerOf(place)`. */
export async function resolveMovements(
  lines: readonly MovementLine[],
  options: ResolveOptions,
  pointerOf: (place: number) => string,
): Promise<Resolved> {
  const codes = lines.flatMap((line) => [line.warehouse, line.to_warehouse ?? line.warehouse]);
  const now = options.clock.now();
  const [items, warehouses, closedMonths, customers] = await Promise.all([
    options.catalogue.itemsBySku(distinct(lines.map((line) => line.sku))),
    options.catalogue.warehousesByCode(distinct(codes)),
    readClosedMonths(options.periods, lines, now),
    checkCustomers(options.customers, lines),
  ]);
  const visible = (code: string) =>
    options.warehouses === undefined || options.warehouses.includes(code)
      ? warehouses.get(code)
      : undefined;
  const commands: MovementCommand[] = [];
  const faults = new FaultList();
  const untimely = new Set<number>();
  let mayBeRepeat = true;
  lines.forEach((line, place) => {
    let isSound = true;
    const report: Report = (field, code, fault) => {
      faults.add(() => ({
        pointer: `${pointerOf(place)}/${field}`,
        code,
        detail: describeFault(fault),
      }));
      if (OF_THE_MOMENT.has(code)) untimely.add(place);
      else isSound = false;
    };
    const names = {
      item: items.get(line.sku),
      warehouse: visible(line.warehouse),
      toWarehouse: line.to_warehouse === undefined ? undefined : visible(line.to_warehouse),
    };
    const quantity = checkNames(line, names, report);
    checkLine(line, now, report);
    checkPeriod(line.occurred_at, closedMonths, report);
    const customer = checkCustomer(line, customers, report);
    const { item, warehouse } = names;
    if (!isSound) mayBeRepeat = false;
    else if (item !== undefined && warehouse !== undefined && quantity !== undefined) {
      const { toWarehouse } = names;
      const known = { item, warehouse, toWarehouse, quantity, customer };
      commands.push(toCommand({ line, place, options, now, ...known }));
    }
  });
  return { commands, faults, mayBeRepeat, untimely };
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

interface CommandParts {
  readonly line: MovementLine;
  readonly place: number;
  readonly item: ItemEntry;
  readonly warehouse: WarehouseEntry;
  readonly toWarehouse: WarehouseEntry | undefined;
  /** In stock units. */
  readonly quantity: string;
  readonly customer: CustomerNote | undefined;
  readonly options: ResolveOptions;
  readonly now: Date;
}

function toCommand(parts: CommandParts): MovementCommand {
  const { line, place, item, warehouse, toWarehouse, quantity, customer, options, now } = parts;
  const fields = {
    type: line.type,
    itemId: item.id,
    warehouseId: warehouse.id,
    toWarehouseId: toWarehouse?.id ?? null,
    quantity,
    ...optionalFields(line),
  };
  // the hash is of what was said: packs stay packs in it, so that the same body is the same when a pack has changed
  const isPack = line.unit !== undefined && line.unit !== item.unit;
  const said = isPack ? { ...fields, quantity: `${line.quantity} ${line.unit}` } : fields;
  const hashes = hashesOf(said, line.customer, options.customers);
  const id = line.id ?? options.idOf(place);
  // Spreads come last: V8 takes a hundred times as long for members that are added after one.
  return {
    id,
    lane: item.lane,
    bodyHash: hashes.bodyHash,
    formerBodyHash: hashes.formerBodyHash,
    source: options.source ?? "api",
    sourceId: options.sourceId,
    groupId: options.groupId,
    actor: options.actor,
    traceparent: currentTraceparent() ?? null,
    customer: customer && options.customers.seal(id, customer),
    ...fields,
    occurredAt: line.occurred_at ?? now,
  };
}

/** The hash of what was said, and the one of earlier releases where a customer is named. */
function hashesOf(
  said: HashedFields,
  customer: string | undefined,
  customers: ResolveOptions["customers"],
): Pick<MovementCommand, "bodyHash" | "formerBodyHash"> {
  if (customer === undefined) return { bodyHash: hashMovementBody(said) };
  return {
    bodyHash: hashMovementBody(said, { customer_index: customers.indexOf(customer) }),
    formerBodyHash: hashMovementBody(said, { customer }),
  };
}

/** What a line may leave out, with null for what it did. */
function optionalFields(
  line: MovementLine,
): Omit<HashedFields, "type" | "itemId" | "warehouseId" | "toWarehouseId" | "quantity"> {
  return {
    unitCost: line.unit_cost ?? null,
    currency: line.currency ?? null,
    expectedVersion: line.expected_version ?? null,
    reason: line.reason ?? null,
    referenceType: line.reference?.type ?? null,
    referenceId: line.reference?.id ?? null,
    occurredAt: line.occurred_at ?? null,
    ...typedFields(line),
  };
}

/** Fields of some types only. */
function typedFields(line: MovementLine) {
  return {
    lotCode: line.lot ?? line.serial ?? null,
    lotExpiresOn: line.expires_on ?? null,
    targetId: line.reservation ?? null,
    expiresAt: line.expires_at ?? null,
    countedVersion: line.counted_version ?? null,
    inTransit: line.in_transit ?? false,
  };
}
