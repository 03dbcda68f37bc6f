/** The committed schemas of docs/events, compiled: says of an event what is not as they have it. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { EVENTS } from "../../domain/events/index.ts";
import { projectFiles, readProjectFile } from "./projectFiles.ts";

const FOLDER = "docs/events/";

/** Formats of ours; ajv itself knows none. */
const FORMATS = {
  decimal: /^-?\d{1,32}(\.\d{1,12})?$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  "date-time": /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/,
};

/** Names of the committed schemas. */
export function schemaFiles(): string[] {
  return projectFiles()
    .filter((path) => path.startsWith(FOLDER) && /\.v\d+\.json$/.test(path))
    .map((path) => path.slice(FOLDER.length));
}

/** A document of docs/events. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests read members of documents freely
export function eventDocument(file: string): any {
  return JSON.parse(readProjectFile(FOLDER + file));
}

export class EventSchemas {
  readonly #ajv = new Ajv2020({ strict: true, formats: FORMATS, allErrors: true });
  readonly #compiled = new Map<string, ValidateFunction>();

  /** Compiles a schema once; throws where it is none. */
  of(file: string): ValidateFunction {
    const known = this.#compiled.get(file) ?? this.#ajv.compile(eventDocument(file));
    this.#compiled.set(file, known);
    return known;
  }

  /** What is wrong with a CloudEvent, member by member; an empty list is right. Members that no schema lists count as wrong. */
  faultsOf(json: string): string[] {
    const event = JSON.parse(json);
    const name = String(event.type).replace(/^stockline\./, "");
    const declared = Object.entries(EVENTS).find(([known]) => known === name)?.[1];
    if (declared === undefined) return [`${event.type} is not declared in domain/events`];
    const file = `${name}.v${declared.version}.json`;
    return [
      ...this.#faults("envelope.v1.json", event),
      ...this.#faults(file, event.data),
      ...(event.dataschema === eventDocument(file).$id ? [] : [`dataschema ${event.dataschema}`]),
    ].map((fault) => `${event.type}: ${fault} in ${json.slice(0, 600)}`);
  }

  #faults(file: string, value: object): string[] {
    const validate = this.of(file);
    validate(value);
    const listed = Object.keys(eventDocument(file).properties);
    return [
      ...(validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`),
      ...Object.keys(value)
        .filter((member) => !listed.includes(member))
        .map((member) => `/${member} is not in ${file}`),
    ];
  }
}
