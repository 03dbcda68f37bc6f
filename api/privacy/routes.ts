/** /v1/privacy: a person's data as one document, its erasure, and new keys. Admins only; each call is noted in the audit trail. */
import type { z } from "zod";
import type { Bearers } from "../../pipelines/identity/index.ts";
import {
  erasePerson,
  exportPerson,
  type PersonKey,
  rotateDataKey,
} from "../../pipelines/privacy/index.ts";
import type { KeyWrapper } from "../../platform/cryptoWrapper.ts";
import type { PersonalData } from "../../platform/personalData.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { jobRunOut } from "../jobs/schema.ts";
import { type JobDeps, refuseLimited, startRun } from "../jobs/startRun.ts";
import { erasureOut, personBody, personOut } from "./schema.ts";

interface PrivacyDeps extends JobDeps {
  readonly db: DbPool;
  readonly personal: PersonalData;
  readonly keyWrapper: KeyWrapper;
  readonly bearers: Pick<Bearers, "changed">;
}

const TAG = "Privacy";
const LIMITED = "personal data is not kept by warehouse";

/** Routes of personal data. */
export function privacyRoutes(deps: PrivacyDeps): Route[] {
  return [postExport(deps), postErase(deps), postRotate(deps)];
}

function postExport(deps: PrivacyDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/privacy/export",
    tag: TAG,
    summary: "Everything that is held of a person",
    permission: "privacy:manage",
    idempotency: { sealed: true },
    body: personBody,
    answers: { 200: { description: "The person's data.", schema: personOut } },
    handler: async ({ body, caller }) => {
      refuseLimited(caller, LIMITED);
      return { status: 200, body: await exportPerson(deps, keyOf(body)) };
    },
  });
}

function postErase(deps: PrivacyDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/privacy/erase",
    tag: TAG,
    summary: "Take a person's data away",
    description:
      "Contacts of suppliers, staged rows of imports, users, and the customer that movements named; never undone. The answer tells what is left elsewhere. Twice does no harm.",
    permission: "privacy:manage",
    idempotency: { sealed: true },
    body: personBody,
    answers: { 200: { description: "What was taken away.", schema: erasureOut } },
    handler: async ({ body, caller }) => {
      refuseLimited(caller, LIMITED);
      return { status: 200, body: await erasePerson(deps, keyOf(body)) };
    },
  });
}

function postRotate(deps: PrivacyDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/privacy/rotate-keys",
    tag: TAG,
    summary: "Seal personal data with a new key",
    description:
      "Makes the key, and queues a run of protect-personal-data, which seals anew what is there. Old and new values are readable all the while.",
    permission: "privacy:manage",
    answers: { 202: { description: "The run, queued.", schema: jobRunOut, headers: ["Location"] } },
    handler: async ({ caller, idempotencyScope }) => {
      refuseLimited(caller, LIMITED);
      await rotateDataKey({ db: deps.db, wrapper: deps.keyWrapper });
      return startRun(deps, { job: "protect-personal-data", caller, idempotencyScope });
    },
  });
}

function keyOf({ email, phone, customer }: z.output<typeof personBody>): PersonKey {
  if (email !== undefined) return { by: "email", value: email };
  if (phone !== undefined) return { by: "phone", value: phone };
  return { by: "customer", value: customer ?? "" };
}
