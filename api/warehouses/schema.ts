/** Warehouses: where stock is, by code. */
import { z } from "zod";
import { warehouseEntry as listed } from "../../domain/catalogueEntries.ts";
import { isTimeZone } from "../../domain/timeZones.ts";
import { nameField, optionalText, searchField } from "../entities/fields.ts";
import { codeField, decimalOut, nonNegativeQuantityField } from "../http/fields.ts";

/** A time zone of the IANA database, as this machine knows it. */
const timeZoneField = z.string().refine(isTimeZone, {
  message: "an IANA time zone such as Europe/Berlin",
  params: { code: "unknown_time_zone" },
});

/** Degrees of a coordinate, as a number or a decimal text. */
const degreesField = (max: number) =>
  z
    .union([
      z.number(),
      z
        .string()
        .regex(/^[+-]?\d{1,3}(\.\d{1,30})?$/)
        .transform(Number),
    ])
    .refine((degrees) => Math.abs(degrees) <= max, {
      message: `degrees from -${max} to ${max}`,
      params: { code: "out_of_range" },
    })
    .describe("Degrees, WGS 84.");

const fields = {
  address: optionalText(1_000),
  latitude: degreesField(90).nullable().optional(),
  longitude: degreesField(180).nullable().optional(),
  time_zone: timeZoneField.optional().describe("IANA name; default UTC."),
  allow_negative: z.boolean().optional().describe("Whether stock may go below zero here."),
};

export const warehouseCreate = z.strictObject({ code: codeField, name: nameField, ...fields });

export const warehousePatch = z.strictObject({
  code: codeField.optional(),
  name: nameField.optional(),
  ...fields,
  status: z.enum(["active"]).optional(),
});

/** "52.5,13.4" as latitude and longitude. */
const pointField = z
  .string()
  .max(80)
  .transform((text, check) => {
    const match = /^\s*([+-]?\d{1,3}(?:\.\d+)?)\s*,\s*([+-]?\d{1,3}(?:\.\d+)?)\s*$/.exec(text);
    const [latitude, longitude] = [Number(match?.[1]), Number(match?.[2])];
    if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) return { latitude, longitude };
    check.addIssue({
      code: "custom",
      message: "latitude,longitude in degrees, such as 52.52,13.405",
      params: { code: "not_a_point" },
    });
    return z.NEVER;
  });

export const warehouseFilters = {
  code: codeField.optional(),
  q: searchField.describe("Part of the code or name, in any case."),
  near: pointField
    .optional()
    .describe("latitude,longitude: active warehouses with a location, nearest first."),
  sku: codeField
    .optional()
    .describe("With near: only warehouses whose available stock of it is there."),
  quantity: nonNegativeQuantityField
    .optional()
    .describe("With near and sku: stock that must be available; default anything above 0."),
};

/** A warehouse of a list by distance says how far it is, and what it has. */
export const warehouseEntry = listed
  .extend({
    distance_m: z
      .number()
      .optional()
      .describe("With near: metres along the great circle (sphere of mean radius 6,371,008.77 m)."),
    available: decimalOut.optional().describe("With near and sku: available stock."),
  })
  .meta({ title: "Warehouse" });
