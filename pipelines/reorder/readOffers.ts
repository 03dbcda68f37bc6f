/** Who sells an item, as the database tells it, in the terms of the domain. */
import { quantityFromText } from "../../domain/quantity.ts";
import type { Weekday, WorkingCalendar } from "../../domain/reorder/calendar.ts";
import type { SupplyOffer } from "../../domain/reorder/chooseSupplier.ts";

/** An offer in the JSON of a query: quantities and money as decimal texts. */
export interface OfferJson {
  readonly supplier_id: string;
  readonly supplier: string;
  readonly preferred: boolean;
  readonly unit_cost: string | null;
  readonly currency: string | null;
  readonly moq: string;
  readonly pack_size: string;
  readonly order_multiple: string | null;
  readonly order_maximum: string | null;
  readonly price_breaks: readonly { readonly quantity: string; readonly unit_cost: string }[];
  readonly lead_time_days: number | null;
  readonly working_days: readonly Weekday[] | null;
  readonly holidays: readonly string[];
}

/** An offer with what an order needs of its supplier. */
export interface Offer extends SupplyOffer {
  readonly supplierId: string;
  readonly calendar: WorkingCalendar;
}

/** Reads offers. */
export function readOffers(offers: readonly OfferJson[]): Offer[] {
  return offers.map((offer) => ({
    supplierId: offer.supplier_id,
    code: offer.supplier,
    preferred: offer.preferred,
    currency: offer.currency,
    leadTimeDays: offer.lead_time_days,
    calendar: { workingDays: offer.working_days, holidays: offer.holidays },
    moq: quantityFromText(offer.moq),
    packSize: quantityFromText(offer.pack_size),
    orderMultiple: orNull(offer.order_multiple),
    maximum: orNull(offer.order_maximum),
    unitCost: orNull(offer.unit_cost),
    priceBreaks: offer.price_breaks.map((one) => ({
      quantity: quantityFromText(one.quantity),
      unitCost: quantityFromText(one.unit_cost),
    })),
  }));
}

function orNull(text: string | null): bigint | null {
  return text === null ? null : quantityFromText(text);
}
