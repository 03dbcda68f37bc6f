/** docs/events tells of the events as they are declared, in schemas that are valid and only ever grow. */

import specs from "@asyncapi/specs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { EVENTS } from "../../../domain/events/index.ts";
import { breakingChanges } from "../../../pipelines/events/breakingChanges.ts";
import { describeEvents } from "../../../pipelines/events/describeEvents.ts";
import { eventSchemas } from "../../../pipelines/events/eventSchemas.ts";
import { withEventTable } from "../../../pipelines/events/eventTable.ts";
import { EventSchemas, eventDocument, schemaFiles } from "../../support/eventSchemas.ts";
import { readProjectFile } from "../../support/projectFiles.ts";

describe("schemas of events", () => {
  test.each(eventSchemas())("$file is as declared (npm run docs:events writes it)", (made) => {
    expect(eventDocument(made.file)).toEqual(JSON.parse(JSON.stringify(made.schema)));
  });

  test.each(schemaFiles())("%s is a valid JSON Schema of its own name", (file) => {
    expect(new EventSchemas().of(file)).toBeTypeOf("function");
    expect(eventDocument(file).$id).toBe(`urn:stockline:${file.replace(/\.json$/, "")}`);
  });

  test("every version up to the present one of every event has its schema", () => {
    const wanted = Object.entries(EVENTS).flatMap(([name, { version }]) =>
      Array.from({ length: version }, (_, nth) => `${name}.v${nth + 1}.json`),
    );
    expect(schemaFiles().toSorted()).toEqual([...wanted, "envelope.v1.json"].toSorted());
  });

  test("the table of docs/events.md is that of the events (npm run docs:events writes it)", () => {
    const page = readProjectFile("docs/events.md");
    expect(withEventTable(page)).toBe(page);
  });
});

describe("what may change within a version", () => {
  test.each(eventSchemas())("$file only adds to what is committed", ({ file, schema }) => {
    expect(breakingChanges(eventDocument(file), JSON.parse(JSON.stringify(schema)))).toEqual([]);
  });

  const before = {
    type: "object",
    description: "An order.",
    properties: {
      id: { type: "string", format: "uuid" },
      status: { type: "string", enum: ["draft", "sent"] },
      lines: { type: "array", items: { type: "object", properties: { sku: { type: "string" } } } },
    },
    required: ["id"],
  };
  const changed = (properties: object, more: object = {}) => ({
    ...before,
    ...more,
    properties: { ...before.properties, ...properties },
  });

  test.each([
    ["another description", changed({}, { description: "Otherwise." })],
    ["a new member", changed({ note: { type: "string" } })],
    ["a new member that is always there", changed({ n: {} }, { required: ["id", "n"] })],
    ["a new value", changed({ status: { type: "string", enum: ["draft", "sent", "lost"] } })],
  ])("allows %s", (_, after) => {
    expect(breakingChanges(before, after)).toEqual([]);
  });

  test.each([
    ["a member that is gone", { ...before, properties: {} }, "/properties/id was removed"],
    [
      "a member that may be missing",
      changed({}, { required: [] }),
      '/required no longer names "id"',
    ],
    [
      "another type",
      changed({ id: { type: "integer", format: "uuid" } }),
      '/properties/id/type was "string" and is "integer"',
    ],
    [
      "another format",
      changed({ id: { type: "string" } }),
      '/properties/id/format was "uuid" and is not there',
    ],
    [
      "a value that is gone",
      changed({ status: { type: "string", enum: ["sent"] } }),
      '/properties/status/enum no longer allows "draft"',
    ],
    [
      "a member of a list that is gone",
      changed({ lines: { type: "array", items: { type: "object", properties: {} } } }),
      "/properties/lines/items/properties/sku was removed",
    ],
    [
      "null where there was none",
      changed({ id: { anyOf: [{ type: "string" }, { type: "null" }] } }),
      '/properties/id/type was "string" and is not there',
    ],
  ])("refuses %s", (_, after, said) => {
    expect(breakingChanges(before, after)).toContain(said);
  });
});

describe("the AsyncAPI document", () => {
  const document = eventDocument("asyncapi.json");

  test("is as declared (npm run docs:events writes it)", () => {
    expect(document).toEqual(JSON.parse(JSON.stringify(describeEvents())));
  });

  test("is valid by the official schema of AsyncAPI 3.0.0", () => {
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    const validate = ajv.compile(JSON.parse(JSON.stringify(specs.schemasWithoutId["3.0.0"])));
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });

  test("leads every reference to something", () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
    const lost = references.filter(
      ([, path = ""]) =>
        path
          .split("/")
          // oxlint-disable-next-line typescript/no-explicit-any -- a walk through any document
          .reduce<any>((part, name) => part?.[name], document) === undefined,
    );
    expect(references.length).toBeGreaterThan(100);
    expect(lost).toEqual([]);
  });

  test("sends every event on every way out", () => {
    const out = Object.entries<{ messages: object }>(document.channels).filter(([name]) =>
      name.startsWith("events_"),
    );
    expect(out.map(([name]) => name)).toEqual(
      expect.arrayContaining(["events_kafka", "events_kinesis", "events_sqs", "events_webhook"]),
    );
    for (const [, { messages }] of out) {
      expect(Object.keys(messages).toSorted()).toEqual(Object.keys(EVENTS).toSorted());
    }
  });
});
