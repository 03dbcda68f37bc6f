/** CloudEvents in Kafka's binary mode: attributes in headers ce_…, data in the value. Turned into the JSON of the structured mode. */
import type { IHeaders } from "kafkajs";

const PREFIX = "ce_";

/** The event as one JSON text, or the value as it is where the headers name no CloudEvent. Nothing is checked here. */
export function structuredEvent(headers: IHeaders | undefined, value: Buffer): Uint8Array {
  if (headers?.[`${PREFIX}specversion`] === undefined) return value;
  const attributes: Record<string, string> = {};
  for (const [name, given] of Object.entries(headers)) {
    const text = Array.isArray(given) ? given[0] : given;
    if (text === undefined) continue;
    if (name.startsWith(PREFIX)) attributes[name.slice(PREFIX.length)] = text.toString();
    if (name === "content-type") attributes["datacontenttype"] = text.toString();
  }
  const opened = JSON.stringify(attributes).slice(0, -1);
  return Buffer.concat([Buffer.from(`${opened},"data":`), value, Buffer.from("}")]);
}
