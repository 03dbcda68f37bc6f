/**
 * Switches tracing on where the configuration asks for it: spans go in batches by OTLP over HTTP to a collector. With X-Ray as a
 * propagator ids have X-Ray's form and its header is understood. Nothing of the SDK is loaded while tracing is off.
 */
import { context, propagation, trace } from "@opentelemetry/api";
import type { Config } from "./config.ts";
import { useTracer } from "./tracing.ts";

type TracingConfig = Pick<
  Config,
  | "OTEL_TRACES_EXPORTER"
  | "OTEL_EXPORTER_OTLP_ENDPOINT"
  | "OTEL_TRACES_SAMPLER_ARG"
  | "OTEL_PROPAGATORS"
  | "NODE_ENV"
>;

/** The stopping process waits so long for its last spans to be taken. */
const LAST_SPANS_MS = 2_000;

/** Starts tracing of a process; answers what sends the last spans, or undefined where tracing is off. */
export async function startTracing(
  config: TracingConfig,
  process: string,
): Promise<{ stop(): Promise<void> } | undefined> {
  if (config.OTEL_TRACES_EXPORTER === "none") return undefined;
  const isXRay = config.OTEL_PROPAGATORS.includes("xray");
  const [sdk, { OTLPTraceExporter }, { resourceFromAttributes }, propagators] = await Promise.all([
    import("@opentelemetry/sdk-trace-node"),
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/resources"),
    loadPropagators(isXRay),
  ]);
  const exporter = new OTLPTraceExporter({
    url: `${config.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/$/, "")}/v1/traces`,
  });
  const provider = new sdk.NodeTracerProvider({
    resource: resourceFromAttributes({
      "service.namespace": "stockline",
      "service.name": `stockline-${process}`,
      "deployment.environment.name": config.NODE_ENV,
    }),
    sampler: new sdk.ParentBasedSampler({
      root: new sdk.TraceIdRatioBasedSampler(config.OTEL_TRACES_SAMPLER_ARG),
    }),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter, { scheduledDelayMillis: 1_000 })],
    ...(propagators.idGenerator === undefined ? {} : { idGenerator: propagators.idGenerator }),
  });
  provider.register({ propagator: propagators.propagator });
  useTracer(provider.getTracer("stockline"));
  return { stop: () => stopTracing(provider) };
}

async function loadPropagators(isXRay: boolean) {
  const { CompositePropagator, W3CTraceContextPropagator } = await import("@opentelemetry/core");
  if (!isXRay) return { propagator: new W3CTraceContextPropagator(), idGenerator: undefined };
  const [{ AWSXRayPropagator }, { AWSXRayIdGenerator }] = await Promise.all([
    import("@opentelemetry/propagator-aws-xray"),
    import("@opentelemetry/id-generator-aws-xray"),
  ]);
  return {
    propagator: new CompositePropagator({
      propagators: [new AWSXRayPropagator(), new W3CTraceContextPropagator()],
    }),
    idGenerator: new AWSXRayIdGenerator(),
  };
}

/** A collector that is away must hold nobody up. */
async function stopTracing(provider: { shutdown(): Promise<void> }): Promise<void> {
  const late = new Promise<void>((resolve) => {
    setTimeout(resolve, LAST_SPANS_MS).unref();
  });
  await Promise.race([provider.shutdown().catch(() => undefined), late]);
  useTracer(undefined);
  trace.disable();
  context.disable();
  propagation.disable();
}
