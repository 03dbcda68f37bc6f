/** HTTP as both Amazon sinks use it: bounded waits, so that a sink that hangs becomes one that failed and is tried again. */
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { SINK_ANSWER_MS, SINK_CONNECT_MS } from "./eventSink.ts";

/** A handler of its own for each client. HTTP/1.1: over Kinesis' default HTTP/2 a call to the emulator took 52 ms, so 8 ms. */
export function createSinkRequests(): NodeHttpHandler {
  return new NodeHttpHandler({
    connectionTimeout: SINK_CONNECT_MS,
    requestTimeout: SINK_ANSWER_MS,
    throwOnRequestTimeout: true,
  });
}
