/** The OpenAPI 3.1 document, made of the declared routes alone, so that it can't say what the API does not do. */
import { z } from "zod";
import { FAULTS_NAMED_MAX } from "../../domain/errors.ts";
import { ANSWER_EXAMPLES } from "../examples/answers.ts";
import type { RouteExample } from "../examples/example.ts";
import { examplesOf } from "../examples/index.ts";
import {
  answerHeaders,
  headerParameters,
  problemAnswers,
  sharedComponents,
} from "./describeProtocol.ts";
import { problemCodesOf } from "./problemCodes.ts";
import type { Route } from "./route.ts";

type Json = Readonly<Record<string, unknown>>;

const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string().describe("Stable machine word."),
    errors: z
      .array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() }))
      .max(FAULTS_NAMED_MAX)
      .optional()
      .describe("What is wrong, each by its place in the body; `detail` tells the first of them."),
    errors_left_out: z
      .int()
      .optional()
      .describe("How many more things are wrong, where `errors` does not name them all."),
  })
  .describe("RFC 9457 problem document; some codes bring further members.");

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
  const examples = examplesOf(route);
  const body = bodyOf(route, examples);
  const codes = problemCodesOf(route);
  return {
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    operationId: operationId(route),
    ...(route.permission === "public"
      ? { security: [] }
      : { security: [{ bearer: [] }], "x-permission": route.permission }),
    parameters: [
      ...parametersOf(route.params, { place: "path", examples }),
      ...parametersOf(route.query, { place: "query", examples }),
      ...headerParameters(route),
    ],
    ...(body === undefined ? {} : { requestBody: body }),
    "x-problem-codes": codes,
    "x-examples": examples,
    responses: {
      ...problemAnswers(codes),
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, answer]) => [
          status,
          describeAnswer(answer, route, status),
        ]),
      ),
    },
  };
}

function bodyOf(route: Route, examples: readonly RouteExample[]): Json | undefined {
  const body =
    route.rawBody ??
    (route.body === undefined
      ? undefined
      : { contentType: "application/json", schema: route.body });
  if (body === undefined) return undefined;
  return {
    // a body that may be empty may be left out
    required: !body.schema.safeParse({}).success,
    content: {
      [body.contentType]: {
        schema: schemaOf(body.schema, "input"),
        ...namedExamples(examples.map(({ summary, body: value }) => ({ summary, value }))),
      },
    },
  };
}

/** Values of examples under the names that their summaries make; none where no example has a value. */
function namedExamples(given: readonly { readonly summary: string; readonly value: unknown }[]) {
  const named = given.filter(({ value }) => value !== undefined);
  if (named.length === 0) return {};
  const nameOf = (summary: string): string => summary.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
  return {
    examples: Object.fromEntries(named.map((example) => [nameOf(example.summary), example])),
  };
}

function parametersOf(
  schema: z.ZodType | undefined,
  { place, examples }: { place: "path" | "query"; examples: readonly RouteExample[] },
): Json[] {
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
    ...namedExamples(
      examples.map((example) => ({ summary: example.summary, value: example[place]?.[name] })),
    ),
  }));
}

function describeAnswer(answer: Route["answers"][number], route: Route, code: string): Json {
  const { description } = answer;
  const said = { description, headers: answerHeaders(route, answer.headers ?? []) };
  if (answer.schema === undefined && answer.contentType === undefined) return said;
  const example = ANSWER_EXAMPLES[`${route.method} ${route.path} ${code}`];
  const forms = [
    [answer.contentType ?? "application/json", answer.schema] as const,
    ...Object.entries(answer.also ?? {}),
  ];
  const content = forms.map(([type, schema]) => [
    type,
    {
      ...(schema === undefined ? {} : { schema: schemaOf(schema, "output") }),
      ...(type === "application/json" && example !== undefined ? { example } : {}),
    },
  ]);
  return { ...said, content: Object.fromEntries(content) };
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
