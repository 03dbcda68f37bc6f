/** A record that can't be taken, as it is parked: the bytes as they came, and the reason. Its id follows from where it came from. */
import { hash } from "node:crypto";
import { deriveId } from "../../domain/deriveId.ts";
import type { EventFault, EventNames } from "../../domain/movementRequested.ts";
import type { InboundRecord } from "./inboundRecord.ts";

export interface DeadLetter extends EventNames, EventFault {
  readonly id: string;
  readonly origin: string;
  readonly position: string;
  readonly payload: string;
  readonly encoding: "utf8" | "base64";
}

/** Longest reason that is kept; a message may have a hundred faults. */
const REASON_CHARS_MAX = 2_000;

/** Makes the letter of a record. A record that is delivered again gives the same one. */
export function deadLetterOf(
  { origin, position, payload }: InboundRecord,
  names: EventNames,
  fault: EventFault,
): DeadLetter {
  const digest = hash("sha256", payload, "hex");
  return {
    id: deriveId(`dead letter\n${origin}\n${position}\n${digest}`),
    origin,
    position,
    ...encode(payload),
    eventId: storable(names.eventId),
    eventSource: storable(names.eventSource),
    eventType: storable(names.eventType),
    code: fault.code,
    reason: storable(fault.reason.slice(0, REASON_CHARS_MAX)) ?? "",
  };
}

/** Text as it is where PostgreSQL can hold it, else base64. */
function encode(payload: Uint8Array): Pick<DeadLetter, "payload" | "encoding"> {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  try {
    // A byte order mark is part of the bytes, so it is kept.
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes("\u0000")) return { payload: text, encoding: "utf8" };
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
  }
  return { payload: bytes.toString("base64"), encoding: "base64" };
}

/** The bytes that a letter holds. */
export function payloadBytes(letter: Pick<DeadLetter, "payload" | "encoding">): Buffer {
  return Buffer.from(letter.payload, letter.encoding);
}

/** Without what a text column can't hold: NUL, and halves of surrogate pairs. */
function storable(text: string | null): string | null {
  return text === null ? null : text.replaceAll("\u0000", "\uFFFD").toWellFormed();
}
