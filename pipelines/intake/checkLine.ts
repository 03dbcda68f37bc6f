/** Rules between the fields of one line, which need no look-up. Pure. Each fault is told by field, code and sentence. */
import type { describeFault } from "../../domain/errors.ts";
import { fieldRefusal, signRefusal, TYPED_FIELDS } from "../../domain/movementFields.ts";
import type { MovementLine } from "./movementLine.ts";

/** Told of each fault of a line. */
export type Report = (
  field: string,
  code: string,
  fault: Parameters<typeof describeFault>[0],
) => void;

/** Clocks of clients may be ahead by this much. */
const AHEAD_MS_MAX = 10 * 60_000;

/** Checks what the line says by itself; `now` is the time of the request. */
export function checkLine(line: MovementLine, now: Date, report: Report): void {
  const signs = signRefusal(line.type, line.quantity);
  if (signs !== undefined) {
    report("quantity", "quantity_sign", {
      thing: "quantity",
      found: line.quantity,
      expected: signs,
    });
  }
  checkTypedFields(line, report);
  checkCurrency(line, report);
  checkEnds(line, report);
  checkLot(line, report);
  checkReservation(line, now, report);
  checkOccurred(line, now, report);
}

/** Refuses fields that the line's type does not carry. `in_transit: false` says nothing. */
function checkTypedFields(line: MovementLine, report: Report): void {
  for (const field of TYPED_FIELDS) {
    const found = line[field] === false ? undefined : line[field];
    const expected = found === undefined ? undefined : fieldRefusal(line.type, field);
    if (expected !== undefined) report(field, "not_allowed", { thing: field, found, expected });
  }
}

function checkCurrency({ type, unit_cost: cost, currency }: MovementLine, report: Report): void {
  if (currency === undefined || cost !== undefined) return;
  if (fieldRefusal(type, "currency") !== undefined) return;
  report("currency", "not_allowed", {
    thing: "currency",
    found: currency,
    expected: "nothing without unit_cost, whose currency it is",
  });
}

function checkEnds(line: MovementLine, report: Report): void {
  if (line.type === "transfer" && line.to_warehouse === undefined) {
    report("to_warehouse", "required", {
      thing: "to_warehouse",
      expected: "the code of the warehouse that a transfer goes to",
    });
  }
  if (line.to_warehouse === line.warehouse) {
    report("to_warehouse", "same_warehouse", {
      thing: "to_warehouse",
      found: line.to_warehouse,
      expected: "another warehouse than the one it leaves",
    });
  }
}

function checkLot(line: MovementLine, report: Report): void {
  const { type, lot, serial, expires_on: expiresOn } = line;
  if (lot !== undefined && serial !== undefined) {
    report("serial", "not_allowed", {
      thing: "serial",
      found: serial,
      expected: "nothing beside lot: a serial number is named by one of the two",
    });
  }
  if (serial !== undefined) {
    const expected = fieldRefusal(type, "lot");
    if (expected !== undefined) {
      report("serial", "not_allowed", { thing: "serial", found: serial, expected });
    }
  }
  if (expiresOn === undefined) return;
  if (lot === undefined && serial === undefined) {
    report("lot", "required", { thing: "lot", expected: "the lot that expires_on belongs to" });
  }
  if (type === "adjustment" && line.quantity.startsWith("-")) {
    report("expires_on", "not_allowed", {
      thing: "expires_on",
      found: expiresOn,
      expected: "nothing: an adjustment downwards concerns a lot that is known",
    });
  }
}

function checkReservation(line: MovementLine, now: Date, report: Report): void {
  if (line.type === "release" && line.reservation === undefined) {
    report("reservation", "required", {
      thing: "reservation",
      expected: "the id of the reserve movement whose stock is released",
    });
  }
  const { expires_at: expiresAt, occurred_at: occurredAt } = line;
  if (expiresAt === undefined) return;
  if (expiresAt.getTime() <= now.getTime()) {
    report("expires_at", "date_past", {
      thing: "expires_at",
      found: expiresAt,
      expected: "a time that is still to come",
    });
  } else if (occurredAt !== undefined && expiresAt.getTime() <= occurredAt.getTime()) {
    report("expires_at", "date_past", {
      thing: "expires_at",
      found: expiresAt,
      expected: `a time after occurred_at, ${occurredAt.toISOString()}`,
    });
  }
}

/** Refuses a business time that is still to come. */
export function checkOccurred(
  { occurred_at: occurredAt }: Pick<MovementLine, "occurred_at">,
  now: Date,
  report: Report,
): void {
  if (occurredAt === undefined || occurredAt.getTime() <= now.getTime() + AHEAD_MS_MAX) return;
  report("occurred_at", "date_future", {
    thing: "occurred_at",
    found: occurredAt,
    expected: "a time that is not in the future",
  });
}
