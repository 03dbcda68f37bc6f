/** One trace leads from a request to its published event, over processes; a real collector gets it by OTLP. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Instance, startInstance } from "../support/instance.ts";
import {
  type OtlpReceiver,
  type ReceivedSpan,
  startOtlpReceiver,
} from "../support/otlpReceiver.ts";
import { waitFor } from "../support/waitFor.ts";

let receiver: OtlpReceiver;
let instance: Instance;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  instance = await startInstance({
    processes: ["api", "workers"],
    env: {
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_PROPAGATORS: "tracecontext,xray",
    },
  });
  await instance.call("POST", "/v1/items", { body: { sku: "A", name: "A", unit: "each" } });
  await instance.call("POST", "/v1/warehouses", { body: { code: "MAIN", name: "Main" } });
});
afterAll(async () => {
  await instance?.stop();
  await receiver?.close();
});

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "b7ad6b7169203331";

async function post(headers: Readonly<Record<string, string>>) {
  const body = { type: "receipt", sku: "A", warehouse: "MAIN", quantity: 5 };
  const answer = await instance.call("POST", "/v1/movements", {
    body,
    headers: { prefer: "wait=20", ...headers },
  });
  expect(answer.status).toBe(200);
}

async function spansOf(traceId: string, names: readonly string[]): Promise<ReceivedSpan[]> {
  return waitFor(
    `the spans ${names.join(", ")} of trace ${traceId}`,
    () => {
      const spans = receiver.spans.filter((span) => span.traceId === traceId);
      return names.every((name) => spans.some((span) => span.name === name)) && spans;
    },
    { timeoutMs: 30_000 },
  );
}

/** The names from a span up to the root of what was received. */
function pathOf(spans: readonly ReceivedSpan[], name: string): string[] {
  const path: string[] = [];
  let at = spans.find((span) => span.name === name);
  while (at !== undefined) {
    path.unshift(at.name);
    const parent: string | undefined = at.parentSpanId;
    at = spans.find((span) => span.spanId === parent);
  }
  return path;
}

test("the trace of a caller goes on through acceptance, batch and publishing, in two processes", async () => {
  await post({ traceparent: `00-${TRACE}-${CALLER}-01` });
  const spans = await spansOf(TRACE, [
    "POST /v1/movements",
    "intake.commit",
    "apply.batch",
    "movement.apply",
    "event.publish",
  ]);
  const root = spans.find((span) => span.name === "POST /v1/movements");
  expect(root?.parentSpanId).toBe(CALLER);
  expect(pathOf(spans, "intake.commit")).toEqual([
    "POST /v1/movements",
    "intake.accept",
    "intake.commit",
  ]);
  expect(pathOf(spans, "postgres plain_decisions_write")).toEqual([
    "POST /v1/movements",
    "apply.batch",
    "postgres plain_decisions_write",
  ]);
  for (const name of ["movement.apply", "event.publish"]) {
    expect(pathOf(spans, name)).toEqual(["POST /v1/movements", name]);
  }
  const services = (name: string) =>
    new Set(spans.filter((span) => span.name === name).map(({ service }) => service));
  expect(services("POST /v1/movements")).toEqual(new Set(["stockline-api"]));
  expect(services("movement.apply")).toEqual(new Set(["stockline-workers"]));
});

test("a caller that does not record its trace is not recorded", async () => {
  const unrecorded = TRACE.replace(/^0a/, "0b");
  await post({ traceparent: `00-${unrecorded}-${CALLER}-00` });
  await post({ traceparent: `00-${TRACE.replace(/^0a/, "0c")}-${CALLER}-01` });
  await spansOf(TRACE.replace(/^0a/, "0c"), ["event.publish"]);
  expect(receiver.spans.filter((span) => span.traceId === unrecorded)).toEqual([]);
});

test("X-Ray's header is understood where it is switched on", async () => {
  await post({
    "x-amzn-trace-id": `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=${CALLER};Sampled=1`,
  });
  const spans = await spansOf("5759e988bd862e3fe1be46a994272793", ["POST /v1/movements"]);
  expect(spans.find((span) => span.name === "POST /v1/movements")?.parentSpanId).toBe(CALLER);
});

test("spans hold no values of what was sent", () => {
  const texts = JSON.stringify(receiver.spans);
  expect(texts).not.toContain("Bearer ");
  expect(texts).not.toContain("insert into");
});
