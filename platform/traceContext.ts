/**
 * Carries the W3C trace context of a request (its header traceparent) to what the request makes durable: the movement in the
 * inbox and the events in the log, which bring it to every sink. It is carried, never interpreted; tracing itself is elsewhere.
 */
import { AsyncLocalStorage } from "node:async_hooks";

const contexts = new AsyncLocalStorage<string>();

/** Version 00 of the header: 2, 32, 16 and 2 hexadecimal digits, of which trace id and parent id are not all zero. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The header where it is a valid one, else undefined: a broken trace context is ignored, as the specification wants it. */
export function readTraceparent(header: string | undefined): string | undefined {
  return header !== undefined && TRACEPARENT.test(header) ? header : undefined;
}

/** Runs the function, and all that it awaits, under the trace context; under none where there is none. */
export function withTraceparent<T>(traceparent: string | undefined, run: () => T): T {
  return traceparent === undefined ? run() : contexts.run(traceparent, run);
}

/** The trace context that the caller runs under. */
export function currentTraceparent(): string | undefined {
  return contexts.getStore();
}
