/** What a draft gets where nobody says it: the supplier's currency, price and lead time. For every way in (HTTP, files). Pure. */
import { deliveryDay, type Weekday } from "../../domain/reorder/calendar.ts";

/** Lines of one order. */
export const ORDER_LINES_MAX = 1_000;

interface Terms {
  /** Undefined: not said. Null: said to be none. */
  readonly currency: string | null | undefined;
  readonly expectedOn: string | null | undefined;
}

interface SupplierTerms {
  readonly currency: string | null;
  readonly lead_time_days: number | null;
  /** Null: every day. */
  readonly working_days: readonly Weekday[] | null;
  readonly holidays: readonly string[];
}

/** Currency and day of delivery (YYYY-MM-DD) of a new draft; `today` is the day at the warehouse that it is for. */
export function draftTerms(
  said: Terms,
  supplier: SupplierTerms,
  today: string,
): { readonly currency: string | null; readonly expectedOn: string | null } {
  return {
    currency: said.currency === undefined ? supplier.currency : said.currency,
    expectedOn: said.expectedOn === undefined ? promisedDay(supplier, today) : said.expectedOn,
  };
}

/** Today plus the lead time in the supplier's working days; null where no lead time is known. */
function promisedDay(supplier: SupplierTerms, today: string): string | null {
  const { lead_time_days: days, working_days: workingDays, holidays } = supplier;
  if (days === null) return null;
  return deliveryDay(today, days, { workingDays, holidays });
}

/** What the supplier asks for an item. */
export interface SupplierPrice {
  readonly unit_cost: string | null;
  readonly currency: string | null;
}

/** The supplier's price of a line that names none: only where it is in the order's currency. */
export function standardCost(price: SupplierPrice, currency: string | null): string | null {
  const fits = price.currency === null || currency === null || price.currency === currency;
  return fits ? price.unit_cost : null;
}
