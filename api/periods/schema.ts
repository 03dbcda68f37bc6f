/** Schemas of closed periods. */
import { z } from "zod";
import { timeOut } from "../http/fields.ts";

/** A month as YYYY-MM. */
export const monthField = z
  .string()
  .refine((text) => /^\d{4}-(0[1-9]|1[0-2])$/.test(text) && text >= "0001", {
    message: "a month such as 2026-03",
    params: { code: "month_format" },
  })
  .meta({ examples: ["2026-03"] });

export const periodOut = z
  .object({
    month: z.string().describe("YYYY-MM, by UTC."),
    status: z.literal("closed"),
    closed_by: z.string(),
    closed_at: timeOut,
  })
  .meta({ title: "ClosedPeriod" });
