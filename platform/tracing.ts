/**
 * Traces by OpenTelemetry, as the rest of the product sees them: spans around work, and links to what work was gathered from. Off (the
 * default) each call costs one comparison; platform/startTracing.ts switches it on. Spans tell names, codes and counts, never values.
 */
import {
  type Attributes,
  context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type TimeInput,
  type Context as TraceContext,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { StocklineError } from "../domain/errors.ts";

export type { Span } from "@opentelemetry/api";

/** The tracer of the process: OpenTelemetry has one for all, and so have we. */
let tracer: Tracer | undefined;

/** Links of one span at most: a batch of thousands names the first of those it was made of. */
const LINKS_MAX = 64;

/** Switches tracing on (or, without a tracer, off). */
export function useTracer(given: Tracer | undefined): void {
  tracer = given;
}

/** True where spans are made at all: for what would only be made ready for them. */
export function isTracing(): boolean {
  return tracer !== undefined;
}

/** The context of the caller, to be the parent of work that is done for it later; undefined without tracing. */
export function activeTrace(): SpanContext | undefined {
  return tracer === undefined ? undefined : trace.getActiveSpan()?.spanContext();
}

interface SpanOptions {
  readonly kind?: keyof typeof SpanKind;
  readonly attributes?: Attributes;
  /** Default: the span that the caller runs in. */
  readonly parent?: SpanContext | TraceContext | undefined;
  readonly links?: readonly SpanContext[];
}

/** Runs fn in a span of its own, which ends with it and tells whether it failed; without tracing it just runs fn. */
export async function inSpan<T>(
  name: string,
  options: SpanOptions,
  fn: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  if (tracer === undefined) return fn(undefined);
  const parent = parentOf(options.parent);
  const span = tracer.startSpan(name, spanOptions(options), parent);
  try {
    return await context.with(trace.setSpan(parent, span), () => fn(span));
  } catch (thrown) {
    noteFailure(span, thrown);
    throw thrown;
  } finally {
    span.end();
  }
}

/** As inSpan, for a part of work: only where the work is being recorded, so that sweeps and polls make no traces. */
export async function inWorkSpan<T>(
  name: string,
  attributes: Attributes,
  fn: () => Promise<T>,
  kind: keyof typeof SpanKind = "INTERNAL",
): Promise<T> {
  if (tracer === undefined || trace.getActiveSpan()?.isRecording() !== true) return fn();
  return inSpan(name, { kind, attributes }, fn);
}

/** The same for a call to another system. */
export function inCallSpan<T>(
  name: string,
  attributes: Attributes,
  fn: () => Promise<T>,
): Promise<T> {
  return inWorkSpan(name, attributes, fn, "CLIENT");
}

/**
 * A span of work that is done for many at once: it stands in the trace of the first that is recorded, and names the others by links.
 * Where none of them is recorded, there is no span.
 */
export async function inSharedSpan<T>(
  name: string,
  traces: readonly (SpanContext | undefined)[],
  fn: () => Promise<T>,
  options: Omit<SpanOptions, "parent" | "links"> = {},
): Promise<T> {
  if (tracer === undefined) return fn();
  const [parent, ...links] = traces.filter((one) => one !== undefined && isSampled(one));
  if (parent === undefined) return fn();
  return inSpan(name, { ...options, parent, links: links.filter((one) => one !== undefined) }, fn);
}

function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}

/** A span of something that has already happened, from a moment of Date.now() until now. */
export function noteSpan(
  name: string,
  options: SpanOptions & { readonly startTime: TimeInput },
): void {
  if (tracer === undefined) return;
  const { startTime } = options;
  tracer.startSpan(name, { ...spanOptions(options), startTime }, parentOf(options.parent)).end();
}

function spanOptions({ kind = "INTERNAL", attributes = {}, links = [] }: SpanOptions) {
  const shown: Link[] = links.slice(0, LINKS_MAX).map((to) => ({ context: to }));
  return { kind: SpanKind[kind], attributes, links: shown };
}

function parentOf(parent: SpanContext | TraceContext | undefined): TraceContext {
  if (parent === undefined) return context.active();
  return "traceId" in parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : parent;
}

function noteFailure(span: Span, thrown: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute("error.type", errorType(thrown));
}

/** The machine word of an error; messages stay out of traces, since they may quote values. */
function errorType(thrown: unknown): string {
  if (thrown instanceof StocklineError) return thrown.code;
  if (thrown instanceof Error && "code" in thrown) return String(thrown.code);
  return thrown instanceof Error ? thrown.name : "unknown";
}

/** Headers that a trace may come in; the propagators of the configuration decide which count. */
const HEADERS = ["traceparent", "tracestate", "x-amzn-trace-id"];

/** What a caller of HTTP says of its trace, by the propagators of the configuration. */
export function traceOfHeaders(header: (name: string) => string | undefined): TraceContext {
  return propagation.extract(ROOT_CONTEXT, undefined, {
    get: (_, name) => header(name),
    keys: () => HEADERS,
  });
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const HEX = 16;

/** The span that the caller runs in, as the header traceparent of W3C Trace Context names it; undefined without tracing. */
export function ownTraceparent(): string | undefined {
  const active = activeTrace();
  if (active === undefined) return undefined;
  const { traceId, spanId, traceFlags } = active;
  return `00-${traceId}-${spanId}-${traceFlags.toString(HEX).padStart(2, "0")}`;
}

/** The span that a kept traceparent names, where somebody records its trace; else undefined, as without tracing. */
export function recordedTrace(traceparent: string | null | undefined): SpanContext | undefined {
  if (tracer === undefined || traceparent === null || traceparent === undefined) return undefined;
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const traceFlags = Number.parseInt(flags, HEX);
  if ((traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  return { traceId, spanId, traceFlags, isRemote: true };
}

/** trace_id and span_id of the caller, for its log lines; nothing outside a trace. */
export function traceFields(): { readonly trace_id?: string; readonly span_id?: string } {
  const active = activeTrace();
  return active === undefined ? {} : { trace_id: active.traceId, span_id: active.spanId };
}
