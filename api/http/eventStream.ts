/** What every stream of server-sent events is made of: the response around its messages, waiting for news, and the bound on their number. */
import { UnavailableError } from "../../domain/errors.ts";

/** Streams of one kind in one process; each holds a socket and now and then a query. */
export const STREAMS_MAX = 500;

/**
 * The response of a stream: a message is made only when the client takes it. `leave` is called when the client goes, and when the
 * stream fails, which is not told as cancelled and would count as open for ever; it must be safe to call twice.
 */
export function streamMessages(
  messages: AsyncGenerator<string, undefined>,
  leave: () => void,
): Response {
  const leaveAndThrow = (thrown: unknown): never => {
    leave();
    throw thrown;
  };
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { value, done } = await messages.next().catch(leaveAndThrow);
        if (done === true) controller.close();
        else controller.enqueue(Buffer.from(value));
      },
      cancel: async () => {
        leave();
        await messages.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      connection: "close", // an idle kept-alive socket would hold up the server's stop
    },
  });
}

/** Waits among those who are to be woken, for the time at most. */
export function waitIn(waiting: Set<() => void>, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      waiting.delete(end);
      resolve();
    };
    const timer = setTimeout(end, timeoutMs);
    waiting.add(end);
  });
}

/** What is thrown where the process carries as many streams of the kind as it may. */
export function tooManyStreams(kind: "event" | "progress"): UnavailableError {
  return new UnavailableError({
    code: "too_many_streams",
    detail: `this process carries ${STREAMS_MAX} ${kind} streams, which is its limit, or is about to stop; try again shortly`,
    retryAfterSeconds: 5,
  });
}
