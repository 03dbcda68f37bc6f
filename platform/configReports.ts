/** Variables of purchasing and reports; config.ts reads them with all others. */
import { z } from "zod";
import { readApprovalLimits } from "../domain/approvalLimits.ts";
import { type Variable, whole } from "./configFields.ts";

/** Of purchase orders. */
export const PURCHASING_VARIABLES = {
  REORDER_ORDERING_COST: {
    schema: z.coerce.number().min(0).max(1_000_000).default(25),
    expected: "an amount from 0 to 1000000",
    description:
      "What placing and receiving one purchase order costs, in the currency of the item's price; for the economic quantity of auto policies.",
    default: "25",
  },
  REORDER_HOLDING_PERCENT: {
    schema: z.coerce.number().min(0).max(1_000).default(20),
    expected: "a number from 0 to 1000",
    description: "What keeping stock costs a year, in percent of its value.",
    default: "20",
  },
  PO_RECEIPT_TOLERANCE_PERCENT: {
    schema: whole(0, 100).default(0),
    expected: "a whole number from 0 to 100",
    description: "How far a receipt may exceed the ordered quantity of a purchase order's line.",
    default: "0",
  },
  PO_APPROVAL_LIMITS: {
    schema: z
      .string()
      .default("")
      .transform((text, check) => {
        const limits = readApprovalLimits(text);
        if (limits !== undefined) return limits;
        check.addIssue({ code: "custom", message: "limits" });
        return z.NEVER;
      }),
    expected: "role=amount or role=amount:CUR, separated by commas; the amount none is no limit",
    description:
      "Up to which cost each role may approve purchase orders, e.g. buyer=10000,buyer=8000:GBP,admin=none. Unset: whoever may write orders may approve any.",
  },
} as const satisfies Record<string, Variable>;

/** Of reports, where they are read from, and the webhooks that are told of them. */
export const REPORT_VARIABLES = {
  DATABASE_READ_LAG_SECONDS_MAX: {
    schema: whole(0, 600).default(60),
    expected: "a whole number of seconds up to 600",
    description:
      "How far the replica of DATABASE_READ_URL may be behind and still be read; past it DATABASE_READ_FALLBACK decides.",
    default: "60",
  },
  DATABASE_READ_FALLBACK: {
    schema: z.enum(["primary", "none"]).default("primary"),
    expected: "primary or none",
    description:
      "What is read where the replica is lost or too far behind: the primary, or nothing (503, and reports wait).",
    default: "primary",
  },
  REPORT_FILES_DAYS: {
    schema: whole(1, 36_500).default(365),
    expected: "a whole number of days from 1 to 36500",
    description:
      "Days after its end that a report keeps its file; then it is expired. Files below a schedule's own prefix are never deleted.",
    default: "365",
  },
  REPORT_ROWS_DAYS: {
    schema: whole(1, 36_500).default(730),
    expected: "a whole number of days from 1 to 36500",
    description: "Days after its end that a report without a file is still listed.",
    default: "730",
  },
  WEBHOOK_PRIVATE_ALLOWED: {
    schema: z
      .enum(["true", "false"])
      .default("false")
      .transform((text) => text === "true"),
    expected: "true or false",
    description:
      "Whether webhooks may go to addresses inside a network, and over plain http. For tests and closed networks.",
    default: "false",
  },
  WEBHOOK_SIGNING_KEY: {
    schema: z.string().min(32).optional(),
    expected: "a secret of 32 characters or more",
    description:
      "Key that the secrets of report schedules' webhooks follow from; without it no schedule may have one. Made by npm start.",
    secret: true,
  },
} as const satisfies Record<string, Variable>;
