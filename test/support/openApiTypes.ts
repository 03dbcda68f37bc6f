/**
 * Writes the types of the client from the OpenAPI document: what each operation takes and answers, as TypeScript. Reads the JSON
 * Schemas that zod writes, no more; a form that it does not know becomes `unknown`. test/client/apiTypes.test.ts runs it.
 */

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
}

interface Parameter {
  readonly name?: string;
  readonly in?: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

interface Operation {
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  /** By status. */
  readonly "x-problem-codes"?: Readonly<Record<string, readonly string[]>>;
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

/** The parts of the document that are read. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const HEADER = `/**
 * What each operation of the API takes and answers, made from /openapi.json by \`npm run docs:client\`; test/client/apiTypes.test.ts
 * fails while it tells another story. Not written by hand, nor formatted.
 */

/** Operations by method and path. */
export interface Operations {
`;

/** The source of client/apiTypes.ts. */
export function writeClientTypes({ paths }: ApiDocument): string {
  const operations = Object.entries(paths)
    .filter(([path]) => path.startsWith("/v1/"))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
      ),
    )
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const texts = operations.map(([name, operation]) => operationText(name, operation));
  return `${HEADER}${texts.join("")}}\n`;
}

function operationText(name: string, operation: Operation): string {
  const { summary, requestBody } = operation;
  const body = requestBody?.content["application/json"]?.schema;
  const members = [
    ...parametersText(operation, "path"),
    ...parametersText(operation, "query"),
    ...(body === undefined
      ? []
      : [`body${requestBody?.required === true ? "" : "?"}: ${typeText(body, 2)}`]),
    `answer: ${answerText(operation)}`,
    `problem: ${problemText(operation)}`,
  ];
  return `  /** ${summary}. */\n  ${JSON.stringify(name)}: {\n${members.map((one) => `    ${one};\n`).join("")}  };\n`;
}

function parametersText({ parameters }: Operation, place: "path" | "query"): string[] {
  const found = parameters.filter((one) => one.in === place);
  if (found.length === 0) return [];
  const isRequired = found.some(({ required }) => required === true);
  const properties = Object.fromEntries(
    found.map(({ name = "", schema = {} }) => [name, schema] as const),
  );
  const required = found.filter((one) => one.required).map(({ name = "" }) => name);
  return [
    `${place}${isRequired ? "" : "?"}: ${typeText({ type: "object", properties, required }, 2)}`,
  ];
}

/** What succeeds with JSON; other answers (files, streams) are not read as values. */
function answerText({ responses }: Operation): string {
  const texts = Object.entries(responses)
    .filter(([status]) => status.startsWith("2"))
    .map(([, { content }]) => {
      const schema = content?.["application/json"]?.schema;
      return schema === undefined ? "undefined" : typeText(schema, 2);
    });
  return union(texts);
}

/** Codes of the problems that it may answer with. */
function problemText({ "x-problem-codes": codes = {} }: Operation): string {
  const all = [...new Set(Object.values(codes).flat())].toSorted();
  return all.length === 0 ? "never" : all.map((code) => JSON.stringify(code)).join(" | ");
}

function union(texts: readonly string[]): string {
  return [...new Set(texts)].join(" | ") || "undefined";
}

function typeText(schema: Schema, depth: number): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return union(schema.enum.map((value) => JSON.stringify(value)));
  const some = schema.anyOf ?? schema.oneOf;
  if (some !== undefined) return union(some.map((part) => bracketed(typeText(part, depth))));
  if (schema.allOf !== undefined) {
    return schema.allOf.map((part) => bracketed(typeText(part, depth))).join(" & ");
  }
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  return types.length === 0
    ? "unknown"
    : union(types.map((type) => plainText(type, schema, depth)));
}

function plainText(type: string, schema: Schema, depth: number): string {
  switch (type) {
    case "string":
    case "boolean":
    case "null":
      return type;
    case "integer":
    case "number":
      return "number";
    case "array":
      return `readonly ${bracketed(typeText(schema.items ?? {}, depth))}[]`;
    case "object":
      return objectText(schema, depth);
    default:
      return "unknown";
  }
}

function objectText(
  { properties = {}, required = [], additionalProperties }: Schema,
  depth: number,
) {
  const names = Object.keys(properties);
  if (names.length === 0) {
    const value =
      typeof additionalProperties === "object" ? typeText(additionalProperties, depth) : "unknown";
    return `{ readonly [name: string]: ${value} }`;
  }
  const indent = "  ".repeat(depth + 1);
  const members = names.map((name) => {
    const optional = required.includes(name) ? "" : "?";
    const undefinable = optional === "" ? "" : " | undefined";
    const value = typeText(properties[name] ?? {}, depth + 1);
    return `${indent}readonly ${keyText(name)}${optional}: ${value}${undefinable};\n`;
  });
  return `{\n${members.join("")}${"  ".repeat(depth)}}`;
}

function keyText(name: string): string {
  return /^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name);
}

/** An array of a union, or a part of a union that is one, stands in brackets. */
function bracketed(text: string): string {
  return / [|&] |^readonly /.test(text) && !text.startsWith("{") ? `(${text})` : text;
}
