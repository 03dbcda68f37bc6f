/** /v1/report-schedules: reports by cron expression and time zone, into a prefix of the bucket, told to a webhook. */
import { z } from "zod";
import { deriveId } from "../../domain/deriveId.ts";
import { validate } from "../../domain/validate.ts";
import {
  archiveSchedule,
  changeSchedule,
  createSchedule,
  readSchedule,
  type ScheduleAccess,
  type ScheduleRow,
  schedulesPage,
  webhookSecret,
} from "../../pipelines/export/index.ts";
import { type Clock, newId } from "../../platform/clock.ts";
import type { Config } from "../../platform/config.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { entityTag, versionFromIfMatch } from "../http/entityTag.ts";
import { idField } from "../http/fields.ts";
import { decodeCursor, isIdPart, pageOf, pageQuery, toPage } from "../http/pagination.ts";
import { defineRoute, type Route, type RouteInput } from "../http/route.ts";
import { viewerOf } from "../reports/viewer.ts";
import {
  bodyOf,
  changedScheduleOut,
  type ScheduleLimits,
  scheduleBody,
  scheduleOut,
  schedulePatch,
  showSchedule,
  termsOf,
} from "./schema.ts";

interface ScheduleDeps {
  readonly db: DbPool;
  readonly clock: Clock;
  readonly config: Pick<Config, "WEBHOOK_PRIVATE_ALLOWED" | "WEBHOOK_SIGNING_KEY">;
}

const TAG = "Reports";
const PATH = "/v1/report-schedules";
const MEMBER = `${PATH}/{id}`;
const idParams = z.object({ id: idField });
const one = { schema: scheduleOut, headers: ["ETag"] } as const;

/** Routes of report schedules. */
export function reportScheduleRoutes(deps: ScheduleDeps): Route[] {
  return [
    listSchedules(deps),
    postSchedule(deps),
    getSchedule(deps),
    patchSchedule(deps),
    ...archiveRoutes(deps),
  ];
}

function limitsOf({ config }: ScheduleDeps): ScheduleLimits {
  return {
    privateWebhooks: config.WEBHOOK_PRIVATE_ALLOWED,
    canSign: config.WEBHOOK_SIGNING_KEY !== undefined,
  };
}

function answer({ clock }: ScheduleDeps, row: ScheduleRow) {
  const headers = { etag: entityTag(row.version) };
  return { status: 200, body: showSchedule(row, clock.now()), headers } as const;
}

function accessOf(
  input: Pick<RouteInput<{ id: string }, unknown, unknown>, "params" | "caller" | "c">,
): ScheduleAccess {
  return {
    id: input.params.id,
    viewer: viewerOf(input.caller),
    ifVersion: versionFromIfMatch(input.c.req.header("if-match")),
  };
}

function listSchedules({ db, clock }: ScheduleDeps): Route {
  return defineRoute({
    method: "get",
    path: PATH,
    tag: TAG,
    summary: "The caller's report schedules (an admin's: everybody's)",
    permission: "reports:run",
    query: z.strictObject(pageQuery),
    answers: {
      200: { description: "A page, without archived ones.", schema: pageOf(scheduleOut) },
    },
    handler: async ({ query, caller }) => {
      const rows = await schedulesPage(db, {
        viewer: viewerOf(caller),
        before: decodeCursor(query.cursor, [isIdPart]),
        limit: query.limit + 1,
      });
      const now = clock.now();
      const page = toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.id],
        show: (row) => showSchedule(row, now),
      });
      return { status: 200, body: page };
    },
  });
}

function postSchedule(deps: ScheduleDeps): Route {
  return defineRoute({
    method: "post",
    path: PATH,
    tag: TAG,
    summary: "Schedule a report",
    description:
      "Each slot is written once, however many schedulers run, and tells of the slot's moment also where it is written later. A webhook gets a message when a report has ended, with a link to its file; it is sent again, ever later, until it is answered 200 to 299, and the same report is the same `webhook-id`. Hosts inside private networks are refused.",
    permission: "reports:run",
    body: scheduleBody(limitsOf(deps)),
    answers: {
      201: {
        description: "The schedule.",
        schema: changedScheduleOut,
        headers: ["ETag", "Location"],
      },
    },
    handler: async ({ body, caller, idempotencyScope }) => {
      const row = await createSchedule(deps.db, {
        id:
          idempotencyScope === undefined
            ? newId()
            : deriveId(`${idempotencyScope}\nreport schedule`),
        viewer: viewerOf(caller),
        terms: termsOf(body),
      });
      const { body: shown, headers } = answer(deps, row);
      return {
        status: 201,
        body: { ...shown, webhook_secret: secretOf(deps, row) },
        headers: { ...headers, location: `${PATH}/${row.id}` },
      };
    },
  });
}

function secretOf({ config }: ScheduleDeps, row: ScheduleRow): string | null {
  const key = config.WEBHOOK_SIGNING_KEY;
  return key === undefined || row.webhook_url === null ? null : webhookSecret(key, row.id);
}

function getSchedule(deps: ScheduleDeps): Route {
  return defineRoute({
    method: "get",
    path: MEMBER,
    tag: TAG,
    summary: "One report schedule",
    permission: "reports:run",
    params: idParams,
    answers: { 200: { description: "The schedule.", ...one } },
    handler: async ({ params, caller }) =>
      answer(deps, await readSchedule(deps.db, { id: params.id, viewer: viewerOf(caller) })),
  });
}

function patchSchedule(deps: ScheduleDeps): Route {
  return defineRoute({
    method: "patch",
    path: MEMBER,
    tag: TAG,
    summary: "Change, pause or resume a report schedule",
    description:
      "`parameters` and `delivery` take the place of the whole. Slots that came while it was paused are not made up for. Whoever sets the webhook's URL is shown its secret.",
    permission: "reports:run",
    params: idParams,
    body: schedulePatch,
    reads: ["If-Match"],
    answers: { 200: { description: "The schedule.", ...one, schema: changedScheduleOut } },
    handler: async (input) => {
      const schema = scheduleBody(limitsOf(deps));
      const row = await changeSchedule(deps.db, accessOf(input), (before) =>
        termsOf(validate(schema, { ...bodyOf(before), ...input.body })),
      );
      const shown = answer(deps, row);
      const isSet = (input.body.delivery?.webhook ?? null) !== null;
      const webhook_secret = isSet ? secretOf(deps, row) : null;
      return { ...shown, body: { ...shown.body, webhook_secret } };
    },
  });
}

function archiveRoutes(deps: ScheduleDeps): Route[] {
  const declare = (method: "post" | "delete", path: string, summary: string) =>
    defineRoute({
      method,
      path,
      tag: TAG,
      summary,
      description: "It stays readable by its id and asks for nothing more.",
      permission: "reports:run",
      params: idParams,
      reads: ["If-Match"],
      answers: { 200: { description: "As it is now.", ...one } },
      handler: async (input) => answer(deps, await archiveSchedule(deps.db, accessOf(input))),
    });
  return [
    declare("post", `${MEMBER}/archive`, "Archive a report schedule"),
    declare("delete", MEMBER, "Archive a report schedule (alias)"),
  ];
}
