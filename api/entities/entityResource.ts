/**
 * The routes that every catalogue entity has: list, create, read, patch, archive. A resource folder declares what is
 * its own (schemas, filters, who may write, what its codes mean) and picks the routes from here.
 */
import { z } from "zod";
import { deriveId } from "../../domain/deriveId.ts";
import { NotFoundError } from "../../domain/errors.ts";
import type { Permission } from "../../domain/roles.ts";
import {
  archiveEntity,
  type CatalogueDeps,
  createEntity,
  type EntityFields,
  type EntityFilters,
  type EntityKind,
  type EntityReference,
  type EntityRow,
  type EntityTarget,
  listEntities,
  patchEntity,
  readEntity,
} from "../../pipelines/catalogue/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import { newId } from "../../platform/clock.ts";
import { entityTag, versionFromIfMatch } from "../http/entityTag.ts";
import { decodeCursor, isTextPart, pageOf, pageQuery, toPage } from "../http/pagination.ts";
import { defineRoute, type Route, type RouteAnswer } from "../http/route.ts";

/** Path parameters, as text. */
export type PathParams = Readonly<Record<string, string>>;

/** What a resource declares. */
export interface EntityResource {
  readonly kind: EntityKind;
  readonly tag: string;
  /** Path of the list, e.g. /v1/items */
  readonly path: string;
  /** Name of the path parameter of one entity. */
  readonly member: string;
  /** Prefix that addresses an entity by its code, e.g. "sku:"; undefined: by id alone. */
  readonly codePrefix: string | undefined;
  readonly write: Permission;
  readonly entry: z.ZodType;
  readonly create: z.ZodType<EntityFields>;
  readonly patch: z.ZodType<EntityFields>;
  /** Query fields of the list besides limit, cursor and status. */
  readonly filters: Readonly<Record<string, z.ZodType>>;
  readonly statuses: readonly [string, ...string[]];
  /** What an entity must fulfil to exist for this caller under this path. */
  readonly scopeOf?: (caller: Caller, params: PathParams) => EntityFilters | Promise<EntityFilters>;
  /** Turns a created body into fields: resolves codes to ids, refuses what the caller may not name. */
  readonly resolve?: (
    fields: EntityFields,
    from: { readonly caller: Caller; readonly params: PathParams },
  ) => EntityFields | Promise<EntityFields>;
  /** Refuses a patch that would give the entity a name that the caller may not use. */
  readonly checkPatch?: (fields: EntityFields, caller: Caller) => void;
}

const CONCURRENCY =
  "With If-Match the write happens only if the entity is still at that version, else 412; without it, unconditionally.";

/** Query of a list. */
export function listQuery(resource: EntityResource) {
  return z.object({
    ...pageQuery,
    ...resource.filters,
    status: z
      .enum([...resource.statuses, "archived", "all"])
      .optional()
      .describe("Default: everything but the archived ones."),
  });
}

/** GET of the list. */
export function listRoute(deps: CatalogueDeps, resource: EntityResource): Route {
  return defineRoute({
    method: "get",
    path: resource.path,
    tag: resource.tag,
    summary: `List ${plural(resource)}`,
    permission: "read",
    params: paramsOf(resource.path),
    query: listQuery(resource),
    answers: { 200: { description: "A page.", schema: pageOf(resource.entry) } },
    handler: ({ params, query, caller }) =>
      answerList(deps, resource, { params, query: { ...query }, caller }),
  });
}

/** Answers a page of the list; for resources whose list takes more than filters. */
export async function answerList(
  deps: CatalogueDeps,
  resource: EntityResource,
  input: {
    readonly params: PathParams;
    readonly query: Readonly<Record<string, unknown>> & {
      readonly limit: number;
      readonly cursor?: string | undefined;
    };
    readonly caller: Caller;
  },
): Promise<RouteAnswer> {
  const { limit, cursor, ...filters } = input.query;
  const { order } = resource.kind.table;
  const after = decodeCursor(
    cursor,
    order.map(() => isTextPart),
  );
  const scope = await scopeOf(resource, input.caller, input.params);
  const rows = await listEntities(deps, resource.kind, {
    filters: { ...filters, ...scope },
    after,
    limit,
  });
  const keyOf = (row: EntityRow) => order.map(({ member }) => String(row[member]));
  return { status: 200, body: toPage(rows, { limit, keyOf, show: (row) => row }) };
}

/** POST of a new entity. */
export function createRoute(deps: CatalogueDeps, resource: EntityResource): Route {
  return defineRoute({
    method: "post",
    path: resource.path,
    tag: resource.tag,
    summary: `Create ${one(resource)}`,
    permission: resource.write,
    ...keptAnswers(resource),
    params: paramsOf(resource.path),
    body: resource.create,
    answers: {
      201: {
        description: "Created; Location and ETag name it.",
        schema: resource.entry,
        headers: ["ETag", "Location"],
      },
    },
    handler: async ({ params, body, caller, idempotencyScope }) => {
      const fields = (await resource.resolve?.(body, { caller, params })) ?? body;
      const id =
        idempotencyScope === undefined
          ? newId()
          : deriveId(`${idempotencyScope}\n${resource.kind.name}`);
      const row = await createEntity(deps, resource.kind, { id, fields, actor: caller.subject });
      const location = `${fillPath(resource.path, params)}/${row.id}`;
      return { status: 201, body: row, headers: { location, etag: entityTag(row.version) } };
    },
  });
}

/** GET of one entity. */
export function readRoute(deps: CatalogueDeps, resource: EntityResource): Route {
  return defineRoute({
    ...memberOf(resource),
    method: "get",
    summary: `Read ${one(resource)}`,
    permission: "read",
    answers: {
      200: {
        description: "The entity, archived or not.",
        schema: resource.entry,
        headers: ["ETag"],
      },
    },
    handler: async ({ params, caller }) =>
      answerEntity(await readEntity(deps, resource.kind, await targetOf(resource, caller, params))),
  });
}

/** PATCH of one entity. */
export function patchRoute(deps: CatalogueDeps, resource: EntityResource): Route {
  return defineRoute({
    ...memberOf(resource),
    method: "patch",
    summary: `Change ${one(resource)}`,
    description: `Only the given fields change; null clears one. status "active" restores an archived entity. ${CONCURRENCY}`,
    permission: resource.write,
    body: resource.patch,
    reads: ["If-Match"],
    answers: { 200: { description: "As it is now.", schema: resource.entry, headers: ["ETag"] } },
    handler: async ({ params, body, caller, c }) => {
      resource.checkPatch?.(body, caller);
      const row = await patchEntity(deps, resource.kind, {
        ...(await targetOf(resource, caller, params)),
        ifMatch: versionFromIfMatch(c.req.header("if-match")),
        fields: body,
        actor: caller.subject,
      });
      return answerEntity(row);
    },
  });
}

/** POST …/archive, and DELETE as its alias. */
export function archiveRoutes(deps: CatalogueDeps, resource: EntityResource): Route[] {
  const member = memberOf(resource);
  const declare = (method: "post" | "delete", path: string, summary: string) =>
    defineRoute({
      ...member,
      path,
      method,
      summary,
      description: `Archived entities stay readable and leave the lists. Answers 409 in_use while stock or open orders hang on it. ${CONCURRENCY}`,
      permission: resource.write,
      ...keptAnswers(resource),
      reads: ["If-Match"],
      answers: { 200: { description: "As it is now.", schema: resource.entry, headers: ["ETag"] } },
      handler: async ({ params, caller, c }) => {
        const row = await archiveEntity(deps, resource.kind, {
          ...(await targetOf(resource, caller, params)),
          ifMatch: versionFromIfMatch(c.req.header("if-match")),
          actor: caller.subject,
        });
        return answerEntity(row);
      },
    });
  return [
    declare("post", `${member.path}/archive`, `Archive ${one(resource)}`),
    declare("delete", member.path, `Archive ${one(resource)} (alias)`),
  ];
}

/** Answers that hold personal data are kept sealed for their Idempotency-Key. */
function keptAnswers({ kind }: EntityResource): Pick<Route, "idempotency"> {
  return kind.table.personal === undefined ? {} : { idempotency: { sealed: true } };
}

/** What the routes of one entity share. */
function memberOf(resource: EntityResource) {
  const path = `${resource.path}/{${resource.member}}`;
  return { path, tag: resource.tag, params: paramsOf(path, resource) };
}

function paramsOf(path: string, resource?: EntityResource) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const describe = (name: string) =>
    name === resource?.member && resource.codePrefix !== undefined
      ? z.string().describe(`Id, or ${resource.codePrefix}<code>, percent-encoded.`)
      : z.string();
  return z.object(Object.fromEntries(names.map((name) => [name, describe(name)])));
}

async function targetOf(
  resource: EntityResource,
  caller: Caller,
  params: PathParams,
): Promise<EntityTarget> {
  const text = params[resource.member] ?? "";
  const reference = entityReference(text, resource.codePrefix);
  if (reference === undefined) throw new NotFoundError(resource.kind.name, text);
  return { reference, scope: await scopeOf(resource, caller, params) };
}

async function scopeOf(
  resource: EntityResource,
  caller: Caller,
  params: PathParams,
): Promise<EntityFilters> {
  return (await resource.scopeOf?.(caller, params)) ?? {};
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads an address: an id, or a code after its prefix; undefined where it is neither. */
export function entityReference(
  text: string,
  codePrefix: string | undefined,
): EntityReference | undefined {
  if (codePrefix !== undefined && text.startsWith(codePrefix)) {
    return { by: "code", value: text.slice(codePrefix.length).normalize("NFC").trim() };
  }
  return UUID.test(text) ? { by: "id", value: text.toLowerCase() } : undefined;
}

function answerEntity(row: EntityRow): RouteAnswer {
  return { status: 200, body: row, headers: { etag: entityTag(row.version) } };
}

function fillPath(path: string, params: PathParams): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
}

function one(resource: EntityResource): string {
  return `${/^[aeiou]/.test(resource.kind.name) ? "an" : "a"} ${resource.kind.name}`;
}

function plural(resource: EntityResource): string {
  return resource.kind.name.replace(/y$/, "ie").concat("s");
}
