/** Variables of what comes in: the sources of movements; and of the partners. Part of the table in config.ts, which alone reads the environment. */
import { z } from "zod";
import { PARTNER_VARIABLES } from "./partnerVariables.ts";

/** "source=key" pairs; a source is a URI reference, so the key stands behind the last "=" that is followed by none. */
const signingKeys = z
  .string()
  .transform((text, check): ReadonlyMap<string, string> => {
    const keys = new Map<string, string>();
    for (const [source, key] of pairsOf(text)) {
      if (source === undefined || key === undefined || keys.has(source)) {
        check.addIssue({ code: "custom", message: "not a list of source=key pairs" });
        return z.NEVER;
      }
      keys.set(source, key);
    }
    return keys;
  })
  .optional();

const KEY = /^[^=\s]{16,}$/;

/** Sources with their keys; undefined in the place of what is neither. A secret store keeps them as a JSON object. */
function pairsOf(text: string): (readonly (string | undefined)[])[] {
  if (!text.trimStart().startsWith("{")) {
    return text.split(",").map((pair) => /^\s*(\S+)=([^=\s]{16,})\s*$/.exec(pair)?.slice(1) ?? []);
  }
  const parsed = keysByName.safeParse(text);
  const entries = parsed.success ? Object.entries(parsed.data) : [];
  return entries.length === 0 ? [[]] : entries;
}

const keysByName = z
  .string()
  .transform((text, check): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      check.addIssue({ code: "custom", message: "not JSON" });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string().regex(/^\S+$/), z.string().regex(KEY)));

export const SOURCE_VARIABLES = {
  ...PARTNER_VARIABLES,
  KINESIS_SOURCE_STREAM: {
    schema: z.string().min(1).optional(),
    expected: "a stream name",
    description: "Stream that movements are read from; no Kinesis source when unset.",
  },
  KAFKA_SOURCE_TOPIC: {
    schema: z.string().min(1).optional(),
    expected: "a topic name",
    description: "Topic that movements are read from; no Kafka source when unset.",
  },
  KAFKA_SOURCE_GROUP: {
    schema: z.string().min(1).default("stockline"),
    expected: "a consumer group's name",
    description: "Consumer group of the Kafka source.",
    default: "stockline",
  },
  SQS_SOURCE_QUEUE_URL: {
    schema: z.url({ protocol: /^https?$/ }).optional(),
    expected: "a queue's http(s) URL",
    description: "Queue that movements are read from; no SQS source when unset.",
  },
  SOURCE_SIGNING_KEYS: {
    schema: signingKeys,
    expected:
      "source=key pairs separated by commas, or a JSON object of keys by source; each source once, keys of 16 characters or more without = and spaces",
    description:
      "Keys of the sources whose events are taken, each signed (docs/inbound.md); when unset, access to the broker is enough.",
    secret: true,
  },
} as const;

/** What is wrong between the variables: a source needs its broker, and must not read what its own sink writes. */
export function sourceFaults(values: Readonly<Record<string, unknown>>): string[] {
  const faults: string[] = [];
  if (values["KAFKA_SOURCE_TOPIC"] !== undefined && values["KAFKA_BROKERS"] === undefined) {
    faults.push("KAFKA_BROKERS is not set; expected it beside KAFKA_SOURCE_TOPIC");
  }
  for (const [source, sink] of SAME_BROKER) {
    if (values[source] === undefined || values[source] !== values[sink]) continue;
    faults.push(`${source} is the same as ${sink}; expected a name of its own`);
  }
  return faults;
}

const SAME_BROKER = [
  ["KINESIS_SOURCE_STREAM", "KINESIS_STREAM"],
  ["KAFKA_SOURCE_TOPIC", "KAFKA_TOPIC"],
] as const;
