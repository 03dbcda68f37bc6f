/**
 * The message that partners send in by a broker: a CloudEvent 1.0 of type stockline.movement.requested whose data is a movement as
 * POST /v1/movements takes it. Pure: from bytes to a movement, or to the one reason why not. The event's id decides the movement's.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "./canonicalJson.ts";
import { deriveId } from "./deriveId.ts";
import {
  describeFault,
  type InputFault,
  InvalidInputError,
  MalformedInputError,
  StocklineError,
} from "./errors.ts";
import { idField, timeField } from "./inputFields.ts";
import { movementLine } from "./movementSchema.ts";
import { parseJson } from "./parseJson.ts";
import { validate } from "./validate.ts";

/** The type of the event. */
const MOVEMENT_REQUESTED = "stockline.movement.requested";
/** Version of the data's schema that this version reads. */
const SCHEMA_VERSION = 1;
/** An event of one movement is about 500 bytes; SQS itself takes no more than this. */
const EVENT_BYTES_MAX = 256 * 1024;
/** Prefix of a signature: its scheme. */
const SIGNATURE_PREFIX = "v1=";

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const nameField = (charsMax: number) =>
  z
    .string()
    .min(1)
    .max(charsMax)
    .refine((text) => !INVISIBLE.test(text), {
      message: "visible characters only",
      params: { code: "wrong_format" },
    });

/** The attributes of CloudEvents that are read; others may be there and are left alone. */
const envelope = z.looseObject({
  specversion: z.literal("1.0"),
  id: nameField(200),
  source: nameField(500),
  type: nameField(200),
  time: timeField.optional(),
  datacontenttype: z
    .string()
    .max(100)
    .regex(/^application\/([\w.+-]+\+)?json\b/i, "a JSON media type")
    .optional(),
  dataschema: z.string().max(500).optional(),
  signature: z.string().max(200).optional(),
});

/** A movement that an event asks for. */
export interface MovementRequest {
  readonly movementId: string;
  /** Who sends: the event's source. */
  readonly source: string;
  readonly line: z.output<typeof movementLine>;
  /** The event's trace context as it stands there, valid or not. */
  readonly traceparent: string | undefined;
}

/** What an unreadable event still tells of itself. */
export interface EventNames {
  readonly eventId: string | null;
  readonly eventSource: string | null;
  readonly eventType: string | null;
}

/** Why an event can't be taken; final for these bytes. */
export interface EventFault {
  readonly code: string;
  readonly reason: string;
}

export type ReadEvent = { readonly names: EventNames } & (
  | { readonly request: MovementRequest }
  | { readonly fault: EventFault }
);

/** Keys by the source that signs with them; undefined where senders are trusted by their access to the broker alone. */
export type SigningKeys = ReadonlyMap<string, string> | undefined;

const NO_NAMES: EventNames = { eventId: null, eventSource: null, eventType: null };

/** Reads the bytes of one message. */
export function readMovementRequested(bytes: Uint8Array, keys: SigningKeys): ReadEvent {
  let names = NO_NAMES;
  try {
    const raw = parseEvent(bytes);
    names = namesOf(raw);
    return { names, request: requestOf(raw, keys) };
  } catch (thrown) {
    if (!(thrown instanceof StocklineError)) throw thrown;
    return { names, fault: { code: thrown.code, reason: thrown.message } };
  }
}

function parseEvent(bytes: Uint8Array): unknown {
  if (bytes.byteLength > EVENT_BYTES_MAX) {
    throw fault("too_large", {
      thing: "the size of the event",
      found: bytes.byteLength,
      expected: `at most ${EVENT_BYTES_MAX} bytes`,
    });
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const detail = "the event is not UTF-8; expected a CloudEvent in JSON";
    throw new MalformedInputError({ code: "bad_unicode", detail });
  }
  return parseJson(text);
}

/** The movement of a parsed event; throws the fault. `keys` undefined: the signature is not looked at. */
function requestOf(raw: unknown, keys: SigningKeys): MovementRequest {
  const event = validate(envelope, raw);
  if (keys !== undefined) checkSignature(raw, event, keys);
  checkType(event);
  const line = validate(movementLine, event["data"], "/data");
  const movementId = movementIdOf(event);
  if (line.id !== undefined && line.id !== movementId) {
    throw fault("id_mismatch", {
      thing: "data.id",
      found: line.id,
      expected: `nothing, or the id that the event's id gives the movement, ${movementId}`,
    });
  }
  const trace = event["traceparent"];
  const traceparent = typeof trace === "string" ? trace : undefined;
  return { movementId, source: event.source, line, traceparent };
}

/**
 * The movement's id: the event's own where that is a UUID, else one that follows from source and id, which CloudEvents make
 * unique together.
 */
function movementIdOf(event: { readonly source: string; readonly id: string }): string {
  const uuid = idField.safeParse(event.id);
  return uuid.success ? uuid.data : deriveId(`${MOVEMENT_REQUESTED}\n${event.source}\n${event.id}`);
}

function checkType({ type, dataschema }: z.output<typeof envelope>): void {
  if (type !== MOVEMENT_REQUESTED) {
    throw fault("unknown_type", { thing: "type", found: type, expected: MOVEMENT_REQUESTED });
  }
  const version = Number(/[/.]v(\d{1,6})(?:$|[./])/.exec(dataschema ?? "")?.[1] ?? SCHEMA_VERSION);
  if (version === SCHEMA_VERSION) return;
  throw fault("schema_version", {
    thing: "dataschema",
    found: dataschema,
    expected: `a schema of version ${SCHEMA_VERSION}`,
  });
}

/**
 * What the `signature` of an event must be: HMAC-SHA256 in hex, by the source's key, over the event without its signature as
 * canonical JSON (RFC 8785).
 */
export function signEvent(event: object, key: string): string {
  const signed = Object.fromEntries(Object.entries(event).filter(([name]) => name !== "signature"));
  return SIGNATURE_PREFIX + createHmac("sha256", key).update(canonicalJson(signed)).digest("hex");
}

function checkSignature(
  raw: unknown,
  { source, signature }: z.output<typeof envelope>,
  keys: ReadonlyMap<string, string>,
): void {
  const key = keys.get(source);
  if (key === undefined) {
    throw fault("unknown_source", {
      thing: "source",
      found: source,
      expected: "a source that has a signing key here",
    });
  }
  if (signature === undefined) {
    throw fault("signature_missing", {
      thing: "signature",
      expected: "the event's HMAC by the key of its source",
    });
  }
  const expected = Buffer.from(signEvent(Object(raw), key));
  const found = Buffer.from(signature);
  if (expected.length === found.length && timingSafeEqual(expected, found)) return;
  throw fault("signature_invalid", {
    thing: "signature",
    found: signature,
    expected: "the event's HMAC by the key of its source",
  });
}

function namesOf(raw: unknown): EventNames {
  const text = (name: string, charsMax: number): string | null => {
    const value: unknown =
      typeof raw === "object" && raw !== null ? Reflect.get(raw, name) : undefined;
    return typeof value === "string" ? value.slice(0, charsMax) : null;
  };
  return {
    eventId: text("id", 200),
    eventSource: text("source", 500),
    eventType: text("type", 200),
  };
}

function fault(code: string, parts: Parameters<typeof describeFault>[0]): InvalidInputError {
  const found: InputFault = { pointer: "", code, detail: describeFault(parts) };
  return new InvalidInputError([found], code);
}
