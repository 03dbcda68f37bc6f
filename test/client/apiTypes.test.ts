/** client/apiTypes.ts is what the running API's OpenAPI document says (mend: npm run docs:client). */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRoutes } from "../../api/routes.ts";
import { type ApiHarness, createApiHarness } from "../support/apiHarness.ts";
import { writeClientTypes } from "../support/openApiTypes.ts";

let api: ApiHarness;
beforeAll(async () => {
  api = await createApiHarness({ routes: createRoutes });
});
afterAll(() => api.close());

test("the client's types are made from the OpenAPI document of the running API", async () => {
  const { body: document } = await api.request("GET", "/openapi.json", { role: "none" });
  await expect(writeClientTypes(document)).toMatchFileSnapshot("../../client/apiTypes.ts");
});

test("forms of schemas become the types that they are", () => {
  const answer = (schema: object): string => {
    const content = { "application/json": { schema } };
    const get = { summary: "x", parameters: [], responses: { 200: { content } } };
    const text = writeClientTypes({ paths: { "/v1/x": { get } } });
    return (
      /answer: ([^]*);\n {4}problem: never;\n {2}};/.exec(text)?.[1]?.replaceAll(/\s+/g, " ") ?? ""
    );
  };
  const text = { type: "string" };
  expect(answer({ anyOf: [text, { type: "null" }] })).toBe("string | null");
  expect(answer({ type: ["integer", "null"] })).toBe("number | null");
  expect(answer({ type: "array", items: { enum: ["a", 1] } })).toBe('readonly ("a" | 1)[]');
  expect(answer({ allOf: [text, { const: "x" }] })).toBe('string & "x"');
  expect(answer({ type: "object", additionalProperties: text })).toBe(
    "{ readonly [name: string]: string }",
  );
  expect(answer({ type: "object", properties: { a: text, "b-c": {} }, required: ["a"] })).toBe(
    '{ readonly a: string; readonly "b-c"?: unknown | undefined; }',
  );
});
