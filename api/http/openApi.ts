/** The OpenAPI 3.1 document, made of the declared routes alone, so that it can't say what the API does not do. */
import { z } from "zod";
import {
  headerParameters,
  headersOf,
  problemAnswers,
  sharedComponents,
} from "./describeProtocol.ts";
import type { Route } from "./route.ts";

type Json = Readonly<Record<string, unknown>>;

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string().describe("Stable machine word."),
    errors: z
      .array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() }))
      .optional(),
  })
  .describe("RFC 9457 problem document.");

/** Makes the document; called once, at start. OpenAPI 3.1 schemas are JSON Schema 2020-12, which zod writes itself. */
export function describeApi(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = (paths[route.path] ??= {});
    path[route.method] = describeOperation(route);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Stockline",
      version: "1",
      description:
        "Inventory that never lies: movements are accepted durably, applied exactly once and in order, and every answer says how old it is.",
    },
    servers: [{ url: "/" }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      ...sharedComponents(),
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
      schemas: { Problem: schemaOf(problemSchema, "output") },
    },
  };
}

function describeOperation(route: Route): Json {
  const body = bodyOf(route);
  return {
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    operationId: operationId(route),
    ...(route.permission === "public"
      ? { security: [] }
      : { security: [{ bearer: [] }], "x-permission": route.permission }),
    parameters: [
      ...parametersOf(route.params, "path"),
      ...parametersOf(route.query, "query"),
      ...headerParameters(route),
    ],
    ...(body === undefined ? {} : { requestBody: body }),
    responses: {
      ...problemAnswers(route),
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, answer]) => [status, describeAnswer(answer)]),
      ),
    },
  };
}

function bodyOf(route: Route): Json | undefined {
  const body =
    route.rawBody ??
    (route.body === undefined
      ? undefined
      : { contentType: "application/json", schema: route.body });
  if (body === undefined) return undefined;
  return {
    // a body that may be empty may be left out
    required: !body.schema.safeParse({}).success,
    content: { [body.contentType]: { schema: schemaOf(body.schema, "input") } },
  };
}

function parametersOf(schema: z.ZodType | undefined, place: "path" | "query"): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, "input") as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: property,
  }));
}

function describeAnswer(answer: Route["answers"][number]): Json {
  const { description } = answer;
  const said =
    answer.headers === undefined
      ? { description }
      : { description, headers: headersOf(answer.headers) };
  if (answer.schema === undefined) return said;
  return {
    ...said,
    content: {
      [answer.contentType ?? "application/json"]: { schema: schemaOf(answer.schema, "output") },
    },
  };
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}

function operationId(route: Route): string {
  const words = route.path.split(/[^a-zA-Z0-9]+/).filter((word) => word !== "" && word !== "v1");
  return [route.method, ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join(
    "",
  );
}
