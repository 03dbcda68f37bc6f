/** How catalogue entities look to a reader: in answers of the API and in the data of their events alike. */
import { z } from "zod";
import { decimalOut } from "./inputFields.ts";
import { WEEKDAYS } from "./reorder/calendar.ts";
import { REORDER_METHODS } from "./reorder/reorderPolicy.ts";

/** What every entity has besides its own fields. */
const entityTail = {
  status: z.string(),
  version: z.int().describe("Also the ETag."),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
};

/** Text or null on output. */
export const textOut = z.string().nullable();

export const itemEntry = z
  .object({
    id: z.string(),
    sku: z.string(),
    name: z.string(),
    description: textOut,
    unit: z.string(),
    category: textOut,
    barcode: textOut,
    cost: decimalOut.nullable(),
    price: decimalOut.nullable(),
    currency: textOut,
    tracking: z.enum(["none", "lot", "serial"]),
    units: z.record(z.string(), decimalOut).describe("Stock units in each pack, by its name."),
    ...entityTail,
  })
  .meta({ title: "Item" });

export const warehouseEntry = z
  .object({
    id: z.string(),
    code: z.string(),
    name: z.string(),
    address: textOut,
    latitude: z.number().nullable(),
    longitude: z.number().nullable(),
    time_zone: z.string(),
    allow_negative: z.boolean(),
    ...entityTail,
  })
  .meta({ title: "Warehouse" });

export const supplierEntry = z
  .object({
    id: z.string(),
    code: z.string(),
    name: z.string(),
    contact_name: textOut,
    email: textOut,
    phone: textOut,
    address: textOut,
    city: textOut,
    country: textOut,
    currency: textOut,
    lead_time_days: z.int().nullable(),
    working_days: z.array(z.enum(WEEKDAYS)).nullable(),
    holidays: z.array(z.string().meta({ format: "date" })),
    ...entityTail,
  })
  .meta({ title: "Supplier" });

export const supplierItemEntry = z
  .object({
    id: z.string(),
    supplier: z.string().describe("Code of the supplier."),
    item_id: z.string(),
    sku: z.string(),
    supplier_sku: textOut,
    unit_cost: decimalOut.nullable(),
    currency: textOut,
    moq: decimalOut,
    pack_size: decimalOut,
    order_multiple: decimalOut.nullable(),
    order_maximum: decimalOut.nullable(),
    price_breaks: z.array(z.object({ quantity: decimalOut, unit_cost: decimalOut })),
    lead_time_days: z.int().nullable(),
    preferred: z.boolean(),
    ...entityTail,
  })
  .meta({ title: "SupplierItem" });

export const methodField = z
  .enum(REORDER_METHODS)
  .describe(
    "min_max, reorder_point: by the policy's own figures. periodic_review, days_of_cover, auto: by figures worked out from the ledger's demand, anew each day.",
  );

const quantityOut = decimalOut.nullable();

export const policyEntry = z
  .object({
    id: z.string(),
    sku: z.string(),
    warehouse: z.string(),
    method: methodField,
    reorder_point: quantityOut,
    reorder_quantity: quantityOut,
    min: quantityOut,
    max: quantityOut,
    safety_stock: quantityOut,
    service_level: quantityOut,
    review_days: z.int().nullable(),
    recovery_margin: quantityOut,
    reorder_at: quantityOut.describe(
      "Position at or below which the item is low. Of a planned method: as worked out last, null until then.",
    ),
    ...entityTail,
  })
  .meta({ title: "ReorderPolicy" });
