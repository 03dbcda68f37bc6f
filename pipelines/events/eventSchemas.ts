/** JSON Schemas (2020-12) of the events, made from their declarations: one for the data of each type, and one for the envelope. Pure. */
import { z } from "zod";
import { eventEnvelope } from "../../domain/events/envelope.ts";
import { EVENTS, type EventDeclaration, schemaIdOf } from "../../domain/events/index.ts";

/** Part of a JSON document. */
export type Json = Readonly<Record<string, unknown>>;

/** A schema with the name of its file in docs/events. */
export interface NamedSchema {
  readonly file: string;
  readonly schema: Json;
}

/** The schema of every event's data, by the order of the declarations, and that of the envelope first. */
export function eventSchemas(): NamedSchema[] {
  const told = Object.entries(EVENTS).map(([name, declared]) => ({
    file: `${name}.v${declared.version}.json`,
    schema: dataSchema(name, declared),
  }));
  const whole = { $id: schemaIdOf("envelope", 1), ...jsonSchemaOf(eventEnvelope) };
  return [{ file: "envelope.v1.json", schema: ordered(whole) }, ...told];
}

function dataSchema(name: string, { told, version, data }: EventDeclaration): Json {
  return ordered({
    ...jsonSchemaOf(data),
    $id: schemaIdOf(name, version),
    title: `Data of stockline.${name}, version ${version}`,
    description: told,
  });
}

/** As a reader of events must see it: members that are not listed may come at any time. */
export function jsonSchemaOf(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
}

/** What the schema is comes first, then what it says. */
function ordered({ $schema, $id, title, description, ...rest }: Json): Json {
  return { $schema, $id, title, description, ...rest };
}
