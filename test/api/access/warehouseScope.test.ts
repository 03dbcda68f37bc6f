/**
 * What a limit to warehouses does to every operation of openapi.json: its documented examples that succeed are sent by an
 * administrator who is limited to another warehouse, then by one who is limited to the warehouses that they speak of. Whatever the
 * first gets names nothing of the others; what each answers stands in docs/warehouse-scope.md, and a new route shows there as a
 * line to review (mend: npm test -- test/api/access -u).
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RouteExample } from "../../../api/examples/example.ts";
import { EXAMPLE_IDS } from "../../../api/examples/exampleIds.ts";
import type { HarnessRequest } from "../../support/apiHarness.ts";
import { createExampleScene, type ExampleScene } from "../../support/exampleScene.ts";

let scene: ExampleScene;
beforeAll(async () => {
  scene = await createExampleScene();
  await scene.request("POST", "/v1/warehouses", { body: { code: "OTHER", name: "Other" } });
}, 120_000);
afterAll(() => scene.close());

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly examples: readonly RouteExample[];
  readonly contentType: string | undefined;
}

/** What changes nothing goes first, so that no example takes away what another one reads. */
const ORDER = ["GET", "PATCH", "PUT", "POST", "DELETE"];

async function operations(): Promise<Operation[]> {
  const { body } = await scene.request("GET", "/openapi.json", { role: "none" });
  const found = Object.entries<Record<string, never>>(body.paths).flatMap(([path, methods]) =>
    // oxlint-disable-next-line typescript/no-explicit-any -- a test reads members of the document freely
    Object.entries<any>(methods)
      .filter(([, { security }]) => security.length > 0)
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        examples: operation["x-examples"],
        contentType: Object.keys(operation.requestBody?.content ?? {})[0],
      })),
  );
  return found.toSorted((a, b) => ORDER.indexOf(a.method) - ORDER.indexOf(b.method));
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

async function send(
  { method, path, contentType }: Operation,
  example: RouteExample,
  warehouses: readonly string[],
): Promise<Answered> {
  const filled = Object.entries(example.path ?? {}).reduce(
    (now, [name, value]) => now.replace(`{${name}}`, encodeURIComponent(scene.real(value))),
    path,
  );
  const query = new URLSearchParams(example.query).toString();
  const request: HarnessRequest = {
    role: "admin",
    warehouses,
    headers: JSON.parse(scene.real(JSON.stringify(example.headers ?? {}))),
    ...bodyOf(example, contentType),
  };
  const url = scene.real(query === "" ? filled : `${filled}?${query}`);
  const response = await scene.fetch(method, url, request);
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
  const text = isStream ? "" : await response.text();
  if (isStream) await response.body?.cancel();
  return { status: response.status, text };
}

function bodyOf({ body }: RouteExample, contentType: string | undefined): { body?: unknown } {
  if (body === undefined) return {};
  const real = JSON.parse(scene.real(JSON.stringify(body)));
  if (contentType !== "multipart/form-data") return { body: real };
  const form = new FormData();
  const { file, ...fields } = real;
  for (const [name, value] of Object.entries(fields)) form.set(name, String(value));
  form.set("file", new Blob([file.content]), file.name);
  return { body: form };
}

/** Names that only whoever may see the other warehouses gets to know, unless the request said them itself. */
const FOREIGN = ["MAIN", "NORTH", "Main hall"];

function leaks({ status, text }: Answered, example: RouteExample): string[] {
  if (status >= 300) return [];
  const said = JSON.stringify([example.path, example.query, example.body]);
  const ids = [EXAMPLE_IDS.warehouse, EXAMPLE_IDS.receipt, EXAMPLE_IDS.reservation];
  const foreign = [...FOREIGN, ...ids.map((id) => scene.real(id))];
  return foreign.filter((name) => text.includes(`"${name}"`) && !said.includes(name));
}

function mark({ status }: Answered): string {
  if (status < 300) return "yes";
  return { 403: "refused", 404: "unknown", 422: "unknown" }[status] ?? String(status);
}

const unique = (marks: readonly string[]): string => [...new Set(marks)].join(", ");

test("a limit to warehouses hides what lies outside from every route, and nothing of what lies inside", async () => {
  const walked = await operations();
  const leaked: string[] = [];
  const others = new Map<Operation, string>();
  for (const operation of walked) {
    const marks: string[] = [];
    for (const example of operation.examples.filter(({ status }) => status < 300)) {
      const answered = await send(operation, example, ["OTHER"]);
      const name = `${operation.method} ${operation.path} (${example.summary})`;
      leaked.push(...leaks(answered, example).map((what) => `${name} tells ${what}`));
      marks.push(mark(answered));
    }
    others.set(operation, unique(marks));
  }
  expect(leaked).toEqual([]);
  const lines: string[] = [];
  for (const operation of walked) {
    const marks: string[] = [];
    for (const example of operation.examples.filter(({ status }) => status < 300)) {
      marks.push(mark(await send(operation, example, ["MAIN", "NORTH", "CLOSED"])));
    }
    const { method, path } = operation;
    lines.push(`| ${method} ${path} | ${others.get(operation) ?? ""} | ${unique(marks)} |`);
  }
  const head = [
    "# What a limit to warehouses does",
    "",
    "Held by `test/api/access/warehouseScope.test.ts` against the running API: the documented examples of every route, sent by an",
    "administrator whose token is limited to another warehouse than the one they speak of, and by one who is limited to just those.",
    "",
    "- yes: it is answered. What lies in other warehouses is not in it: lists leave it out, and whatever is shared (items, suppliers) is shown.",
    "- unknown: as if there were no such thing (404, or 422 for a code in a body), word for word.",
    "- refused: 403, since the thing is not kept by warehouse, and who is limited may not decide for all of them.",
    "",
    "| route | limited to another | limited to its own |",
    "| --- | --- | --- |",
  ];
  const text = [...head, ...lines.toSorted((a, b) => a.localeCompare(b, "en"))].join("\n");
  await expect(`${text}\n`).toMatchFileSnapshot("../../../docs/warehouse-scope.md");
}, 300_000);
