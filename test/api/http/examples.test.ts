/**
 * Holds the OpenAPI document against the running API: each documented example is sent, and its answer's status, headers and body
 * must be what the document says. A route without an example is named.
 */
import { writeFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RouteExample } from "../../../api/examples/example.ts";
import { ROUTE_EXAMPLES } from "../../../api/examples/index.ts";
import { answerExample, writeAnswerExamples } from "../../support/answerExamples.ts";
import type { HarnessRequest } from "../../support/apiHarness.ts";
import { createExampleScene, type ExampleScene } from "../../support/exampleScene.ts";

let scene: ExampleScene;
// oxlint-disable-next-line typescript/no-explicit-any -- a test reads members of the document freely
let document: any;
/** Formats that only tell a reader; the patterns of ours are checked. */
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });

beforeAll(async () => {
  scene = await createExampleScene();
  document = (await scene.request("GET", "/openapi.json", { role: "none" })).body;
  ajv.addSchema({ $id: "document", components: document.components });
}, 120_000);
afterAll(() => scene.close());

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
  readonly examples: readonly RouteExample[];
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  readonly responses: any;
  readonly contentType: string | undefined;
}

function operations(): Operation[] {
  return Object.entries<Record<string, never>>(document.paths).flatMap(([path, methods]) =>
    // oxlint-disable-next-line typescript/no-explicit-any -- as above
    Object.entries<any>(methods).map(([method, operation]) => ({
      name: `${method} ${path}`,
      method: method.toUpperCase(),
      path,
      isPublic: operation.security.length === 0,
      examples: operation["x-examples"],
      responses: operation.responses,
      contentType: Object.keys(operation.requestBody?.content ?? {})[0],
    })),
  );
}

/** What changes nothing goes first, so that no example takes away what another one reads. */
const got = new Map<string, unknown>();
const ORDER = ["GET", "PATCH", "PUT", "POST", "DELETE"];

function pathOf({ path }: Operation, example: RouteExample): string {
  const filled = Object.entries(example.path ?? {}).reduce(
    (now, [name, value]) => now.replace(`{${name}}`, encodeURIComponent(scene.real(value))),
    path,
  );
  const query = new URLSearchParams(example.query).toString();
  return scene.real(query === "" ? filled : `${filled}?${query}`);
}

function requestOf(operation: Operation, example: RouteExample): HarnessRequest {
  const role = operation.isPublic ? ("none" as const) : ("admin" as const);
  const headers = JSON.parse(scene.real(JSON.stringify(example.headers ?? {})));
  if (example.body === undefined) return { role, headers };
  const body = JSON.parse(scene.real(JSON.stringify(example.body)));
  const { contentType } = operation;
  if (contentType === "application/x-www-form-urlencoded") {
    const asForm = { ...headers, "content-type": contentType };
    return { role, headers: asForm, body: new URLSearchParams(body).toString() };
  }
  if (contentType !== "multipart/form-data") return { role, headers, body };
  const form = new FormData();
  const { file, ...fields } = body;
  for (const [name, value] of Object.entries(fields)) form.set(name, String(value));
  form.set("file", new Blob([file.content]), file.name);
  return { role, headers, body: form };
}

/** What the answer does otherwise than the document says; an empty list is right. */
async function faultsOf(operation: Operation, example: RouteExample): Promise<string[]> {
  const path = pathOf(operation, example);
  const response = await scene.fetch(operation.method, path, requestOf(operation, example));
  const type = response.headers.get("content-type")?.split(";")[0] ?? "";
  const isStream = type === "text/event-stream";
  const text = isStream ? "" : await response.text();
  if (isStream) await response.body?.cancel();
  if (response.status !== example.status) {
    return [`answers ${response.status} instead of ${example.status}: ${text.slice(0, 500)}`];
  }
  const said = resolve(operation.responses[response.status] ?? operation.responses.default);
  const body: unknown = type.endsWith("json") && text !== "" ? JSON.parse(text) : text;
  if (type === "application/json") keep(`${operation.name} ${response.status}`, text);
  return [...headerFaults(response, said), ...bodyFaults({ type, body, text }, said, example)];
}

/** Keeps the first answer of its kind as an example. */
function keep(name: string, text: string): void {
  if (text !== "" && name.includes(" /v1/") && !got.has(name))
    got.set(name, answerExample(text, scene.documented));
}

// oxlint-disable-next-line typescript/no-explicit-any -- as above
function resolve(part: any): any {
  const name = part?.$ref?.split("/").slice(-2);
  return name === undefined ? part : document.components[name[0]][name[1]];
}

/** Headers that an answer may have without being told: those of every answer, and of the transport. */
const UNTOLD =
  /^(cache-control|content-|cross-origin-|origin-agent|referrer-|strict-transport|x-(content|dns|download|frame|permitted|xss|accel)|date|vary|connection)/;

// oxlint-disable-next-line typescript/no-explicit-any -- as above
function headerFaults(response: Response, said: any): string[] {
  const told = new Set(Object.keys(said?.headers ?? {}).map((name) => name.toLowerCase()));
  return [...response.headers.keys()]
    .filter((name) => !UNTOLD.test(name) && !told.has(name))
    .map((name) => `has the header ${name}, which the document does not tell`);
}

interface Answer {
  readonly type: string;
  readonly body: unknown;
  readonly text: string;
}

// oxlint-disable-next-line typescript/no-explicit-any -- as above
function bodyFaults(answer: Answer, said: any, example: RouteExample): string[] {
  const { type, body, text } = answer;
  const content = said?.content?.[type];
  if (text === "") return [];
  if (content === undefined) return [`has a body of ${type}, which the document does not tell`];
  if (example.code !== undefined && Object(body).code !== example.code) {
    return [`has the code ${Object(body).code} instead of ${example.code}`];
  }
  if (content.schema === undefined) return [];
  const schema = JSON.parse(JSON.stringify(content.schema).replaceAll('"#/', '"document#/'));
  const isValid = ajv.compile(schema);
  if (isValid(body) === true) return [];
  return (isValid.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `body${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

const ANSWERS = new URL("../../../api/examples/answers.ts", import.meta.url);

/** Whether the run was asked to write what it finds (-u). */
function isUpdating(): boolean {
  const { snapshotState } = expect.getState();
  return Reflect.get(Object(snapshotState), "_updateSnapshot") === "all";
}

describe("examples of the OpenAPI document", () => {
  test("every route has an example that succeeds", () => {
    const missing = operations()
      .filter(({ examples }) => !examples.some(({ status }) => status < 400))
      .map(
        ({ name }) =>
          `"${name}" has no example that succeeds; add one to a file of api/examples (see api/examples/example.ts), and what it speaks of to test/support/exampleScene.ts`,
      );
    expect(missing).toEqual([]);
  });

  test("every example is one of a route", () => {
    const known = new Set(operations().map(({ name }) => name));
    expect(Object.keys(ROUTE_EXAMPLES).filter((name) => !known.has(name))).toEqual([]);
  });

  test("each example is answered as the document says", async () => {
    const faults: string[] = [];
    const sorted = operations().sort((a, b) => ORDER.indexOf(a.method) - ORDER.indexOf(b.method));
    let sent = 0;
    for (const operation of sorted) {
      for (const example of operation.examples) {
        sent += 1;
        const found = await faultsOf(operation, example);
        faults.push(...found.map((one) => `${operation.name} (${example.summary}) ${one}`));
      }
    }
    expect(faults).toEqual([]);
    expect(sent).toBeGreaterThan(operations().length);
  }, 120_000);

  test("each answer that is JSON has an example, which is what its schema says (mend: npm run docs:client)", () => {
    if (isUpdating()) writeFileSync(ANSWERS, writeAnswerExamples(got));
    const faults = operations().flatMap(({ name, responses }) =>
      // oxlint-disable-next-line typescript/no-explicit-any -- as above
      Object.entries<any>(responses).flatMap(([status, response]) => {
        const content = resolve(response).content?.["application/json"];
        if (!status.startsWith("2") || content?.schema === undefined) return [];
        const example = isUpdating() ? got.get(`${name} ${status}`) : content.example;
        if (example === undefined) {
          return got.has(`${name} ${status}`) ? [`${name} ${status} has no example`] : [];
        }
        const said = { content: { "application/json": content } };
        const answer = { type: "application/json", body: example, text: "an example" };
        return bodyFaults(answer, said, { summary: "", status: 200 }).map(
          (one) => `${name} ${status}: ${one}`,
        );
      }),
    );
    expect(faults).toEqual([]);
  });

  test("each problem of the document has an example that is one", () => {
    const { responses } = document.components;
    // oxlint-disable-next-line typescript/no-explicit-any -- as above
    for (const [name, response] of Object.entries<any>(responses)) {
      const content = response.content["application/problem+json"];
      const answer = { type: "application/problem+json", body: content.example, text: "x" };
      expect([name, bodyFaults(answer, response, { summary: "", status: 400 })]).toEqual([
        name,
        [],
      ]);
    }
  });
});
