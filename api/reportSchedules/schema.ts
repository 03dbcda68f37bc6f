/** What a report schedule says, and what it looks like. A PATCH is merged into the whole, which is checked as one. */
import { z } from "zod";
import { type CronSchedule, readCron, slotAfter } from "../../domain/cron.ts";
import { REPORT_PERIODS } from "../../domain/reportPeriod.ts";
import { REPORT_FORMATS, REPORT_NAMES } from "../../domain/reportWords.ts";
import { isTimeZone } from "../../domain/timeZones.ts";
import { REPORTS, type ScheduleRow, type ScheduleTerms } from "../../pipelines/export/index.ts";
import { webhookUrlFault } from "../../platform/webhookRequest.ts";
import { dayField, textField, timeOut } from "../http/fields.ts";
import { parametersBody, refusals } from "../reports/schema.ts";

const CATCH_UPS = ["all", "latest", "none"] as const;
const NAME_CHARS_MAX = 200;
const URL_CHARS_MAX = 2_000;

const cronField = z
  .string()
  .max(200)
  .superRefine((text, check) => {
    const cron = readCron(text);
    const fault = typeof cron === "string" ? cron : isNever(cron) && "a time that comes";
    if (fault === false) return;
    check.addIssue({ code: "custom", message: fault, params: { code: "cron_format" } });
  })
  .meta({
    description:
      "Five fields: minute, hour, day of month, month, day of week; or @hourly, @daily, @weekly, @monthly, @yearly. A time that daylight saving skips comes right after the gap, one that it repeats comes once.",
    examples: ["0 6 * * MON-FRI"],
  });

function isNever(cron: CronSchedule["cron"]): boolean {
  return slotAfter({ cron, timeZone: "UTC" }, new Date()) === null;
}

const prefixField = z
  .string()
  .max(500)
  .regex(/^(reports\/|exports\/([\w.=-]+\/)*)$/, "reports/, or exports/ with folders below it")
  .refine((text) => !/(^|\/)\.{1,2}\//.test(text), "no folder named . or ..");

const fields = {
  name: textField(NAME_CHARS_MAX),
  report: z.enum(REPORT_NAMES),
  format: z.enum(REPORT_FORMATS),
  parameters: parametersBody,
  cron: cronField,
  time_zone: z
    .string()
    .refine(isTimeZone, {
      message: "an IANA time zone such as Europe/Berlin",
      params: { code: "unknown_time_zone" },
    })
    .describe("IANA name."),
  status: z.enum(["active", "paused"]),
  catch_up: z
    .enum(CATCH_UPS)
    .describe(
      "What becomes of slots that came while no scheduler ran: each is written, the latest, or none.",
    ),
  period: z
    .enum(REPORT_PERIODS)
    .nullable()
    .describe(
      "The report tells of the whole day, week (from Monday) or month before the slot, in the time zone. Without it, a report that takes to or as_of gets the slot for it.",
    ),
  incremental: z
    .literal("day")
    .nullable()
    .describe(
      "Of movement_history: a file for each day (UTC) that has closed, below date=<that day>, written once and never again.",
    ),
  first_day: dayField
    .nullable()
    .describe("The first day of incremental; the day of its making where none is given."),
  delivery: z.strictObject({
    prefix: prefixField.default("reports/").describe("Where in the bucket the files lie."),
    webhook: z
      .strictObject({ url: z.string().max(URL_CHARS_MAX) })
      .nullable()
      .default(null)
      .describe(
        "Told when a report has ended, signed as of Standard Webhooks (HMAC-SHA-256 with a timestamp).",
      ),
  }),
};

/** What the installation allows. */
export interface ScheduleLimits {
  readonly privateWebhooks: boolean;
  /** False: there is no key to sign with. */
  readonly canSign: boolean;
}

/** POST /v1/report-schedules, checked whole. */
export function scheduleBody(limits: ScheduleLimits) {
  return z
    .strictObject({
      ...fields,
      name: fields.name.default(""),
      format: fields.format.default("csv"),
      parameters: fields.parameters.default({}),
      time_zone: fields.time_zone.default("UTC"),
      status: fields.status.default("active"),
      catch_up: fields.catch_up.default("all"),
      period: fields.period.default(null),
      incremental: fields.incremental.default(null),
      first_day: fields.first_day.default(null),
      delivery: fields.delivery.default({ prefix: "reports/", webhook: null }),
    })
    .check(({ value, issues }) => {
      for (const { path, code, expected } of faultsOf(value, limits)) {
        const input = path.reduce<unknown>(memberOf, value);
        issues.push({
          code: "custom",
          path: [...path],
          input,
          message: expected,
          params: { code },
        });
      }
    });
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** PATCH: any part of it. What it makes of the whole is checked by scheduleBody. */
export const schedulePatch = z.strictObject(fields).partial();

type Body = z.output<ReturnType<typeof scheduleBody>>;
interface Fault {
  readonly path: readonly string[];
  readonly code: string;
  readonly expected: string;
}

function faultsOf(body: Body, limits: ScheduleLimits): Fault[] {
  const foreign = refusals(body).map(([name, expected]) => ({
    path: ["parameters", name],
    code: "not_allowed",
    expected,
  }));
  return [...foreign, ...timeFaults(body), ...webhookFaults(body, limits)];
}

function timeFaults({ report, parameters, period, incremental, first_day }: Body): Fault[] {
  const own = parameters.from !== undefined || parameters.to !== undefined;
  const takesPeriod = REPORTS[report].parameters.includes("to");
  const fault = (name: string, expected: string): Fault[] => [
    { path: [name], code: "not_allowed", expected },
  ];
  return [
    ...(period !== null && (!takesPeriod || own)
      ? fault("period", "null, or a report that takes from and to, and neither in its parameters")
      : []),
    ...(incremental !== null && (report !== "movement_history" || period !== null || own)
      ? fault("incremental", "null, or movement_history without period, from and to")
      : []),
    ...(first_day !== null && incremental === null
      ? fault("first_day", "null where the schedule is not incremental")
      : []),
  ];
}

function webhookFaults({ delivery: { webhook } }: Body, limits: ScheduleLimits): Fault[] {
  if (webhook === null) return [];
  if (!limits.canSign) {
    const expected = "null, since this installation has no WEBHOOK_SIGNING_KEY";
    return [{ path: ["delivery", "webhook"], code: "webhooks_off", expected }];
  }
  const expected = webhookUrlFault(webhook.url, limits.privateWebhooks);
  const path = ["delivery", "webhook", "url"];
  return expected === undefined ? [] : [{ path, code: "url_refused", expected }];
}

/** The terms that a checked body states. */
export function termsOf({ delivery, ...body }: Body): ScheduleTerms {
  return { ...body, prefix: delivery.prefix, webhook_url: delivery.webhook?.url ?? null };
}

/** A schedule's row as the body that would make it, for a PATCH to be merged into. */
export function bodyOf(row: ScheduleRow): Record<string, unknown> {
  const { name, report, format, parameters, cron, time_zone, status, catch_up } = row;
  const { period, incremental, first_day } = row;
  return {
    ...{ name, report, format, parameters, cron, time_zone, status, catch_up },
    ...{ period, incremental, first_day },
    delivery: {
      prefix: row.prefix,
      webhook: row.webhook_url === null ? null : { url: row.webhook_url },
    },
  };
}

export const scheduleOut = z.object({
  id: z.string(),
  name: z.string(),
  report: z.string(),
  format: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  cron: z.string(),
  time_zone: z.string(),
  status: z.enum(["active", "paused", "archived"]),
  catch_up: z.enum(CATCH_UPS),
  period: z.string().nullable(),
  incremental: z.string().nullable(),
  first_day: z.string().nullable().meta({ format: "date" }),
  delivery: z.object({
    prefix: z.string(),
    webhook: z.object({ url: z.string() }).nullable(),
  }),
  warehouses: z
    .array(z.string())
    .nullable()
    .describe("Warehouses that its maker is limited to; null means all."),
  next_run_at: timeOut.nullable(),
  created_by: z.string(),
  version: z.int(),
  created_at: timeOut,
  updated_at: timeOut,
});

/** A new or changed one, with the secret that its webhook's messages are signed with. */
export const changedScheduleOut = scheduleOut.extend({
  webhook_secret: z
    .string()
    .nullable()
    .describe(
      "`whsec_…`; null where no webhook was set. Shown only to who sets it: keep it with the receiver.",
    ),
});

/** Shows a schedule. */
export function showSchedule(row: ScheduleRow, now: Date): z.input<typeof scheduleOut> {
  const cron = readCron(row.cron);
  const next =
    row.status === "active" && typeof cron !== "string"
      ? slotAfter({ cron, timeZone: row.time_zone }, now)
      : null;
  return {
    id: row.id,
    name: row.name,
    report: row.report,
    format: row.format,
    parameters: { ...row.parameters },
    cron: row.cron,
    time_zone: row.time_zone,
    status: row.status,
    catch_up: row.catch_up,
    period: row.period,
    incremental: row.incremental,
    first_day: row.first_day,
    delivery: {
      prefix: row.prefix,
      webhook: row.webhook_url === null ? null : { url: row.webhook_url },
    },
    warehouses: row.warehouses === null ? null : [...row.warehouses],
    next_run_at: next?.toISOString() ?? null,
    created_by: row.created_by,
    version: row.version,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
