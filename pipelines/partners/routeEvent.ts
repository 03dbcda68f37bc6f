/** Applies the table of routes to an event. Pure: the requests that it asks for, in the table's order. */
import type { PartnerName, PartnerRoute } from "./routeTable.ts";

/** An event as it came: what is read of it, and the whole. */
export interface RoutedEvent {
  readonly id: string;
  readonly type: string;
  readonly whole: Readonly<Record<string, unknown>>;
  /** The very text of the event. */
  readonly text: string;
}

export interface RoutedRequest {
  readonly route: string;
  readonly service: PartnerName;
  readonly method: "POST" | "PUT";
  readonly path: string;
  readonly body: string;
  readonly contentType: string;
}

const TYPE_PREFIX = "stockline.";

/** The requests of an event. Throws TypeError where a path needs a member that the event does not have. */
export function routeEvent(event: RoutedEvent, table: readonly PartnerRoute[]): RoutedRequest[] {
  return table
    .filter((route) => isMeant(route, event))
    .map((route) => ({
      route: route.name,
      service: route.service,
      method: route.method,
      path: route.path.replaceAll(/\{([^}]+)\}/g, (_, pointer: string) => pathPart(event, pointer)),
      body: bodyOf(route, event),
      contentType: route.body === "event" ? "application/cloudevents+json" : "application/json",
    }));
}

function isMeant({ types, where = {} }: PartnerRoute, event: RoutedEvent): boolean {
  const type = event.type.replace(TYPE_PREFIX, "");
  const fits = types.some((pattern) =>
    pattern.endsWith("*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern,
  );
  if (!fits) return false;
  return Object.entries(where).every(([pointer, values]) => {
    return values.includes(String(valueAt(event.whole, pointer)));
  });
}

function pathPart(event: RoutedEvent, pointer: string): string {
  const value = valueAt(event.whole, pointer);
  if (typeof value === "string" && value !== "") return encodeURIComponent(value);
  throw new TypeError(`the event has no text at ${pointer}, which its path needs`);
}

function bodyOf({ body }: PartnerRoute, event: RoutedEvent): string {
  if (body === "event") return event.text;
  const members = Object.entries(body).map(([name, pointer]): [string, unknown] => [
    name,
    valueAt(event.whole, pointer),
  ]);
  return JSON.stringify(
    Object.fromEntries(members.filter(([, value]) => value !== undefined && value !== null)),
  );
}

/** The value that a JSON pointer (RFC 6901, without escapes) leads to; undefined where there is none. */
function valueAt(whole: unknown, pointer: string): unknown {
  let value = whole;
  for (const part of pointer.split("/").slice(1)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}
