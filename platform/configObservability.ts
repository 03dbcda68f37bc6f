/** Variables of traces and metrics; config.ts reads them with all others. Where OpenTelemetry names a variable, that name is used. */
import { z } from "zod";
import { httpUrl, type Variable, whole } from "./configFields.ts";

/** Of what operators look at. */
export const OBSERVABILITY_VARIABLES = {
  OTEL_TRACES_EXPORTER: {
    schema: z.enum(["none", "otlp"]).default("none"),
    expected: "none or otlp",
    description: "Where traces go: nowhere, or by OTLP over HTTP to a collector (docs/traces.md).",
    default: "none",
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: httpUrl.default("http://127.0.0.1:4318"),
    expected: "an http(s) URL",
    description: "The collector; spans are posted to /v1/traces below it.",
    default: "http://127.0.0.1:4318",
  },
  OTEL_TRACES_SAMPLER_ARG: {
    schema: z.coerce.number().min(0).max(1).default(1),
    expected: "a number from 0 to 1",
    description: "Share of traces that is recorded where the caller has not decided.",
    default: "1",
  },
  OTEL_PROPAGATORS: {
    schema: z.enum(["tracecontext", "xray", "tracecontext,xray"]).default("tracecontext"),
    expected: "tracecontext, xray or tracecontext,xray",
    description:
      "Headers by which callers hand on their trace: traceparent, or also X-Amzn-Trace-Id, with ids of X-Ray's form.",
    default: "tracecontext",
  },
  ACCESS_LOG_SAMPLE: {
    schema: z.coerce.number().min(0).max(1).default(0.01),
    expected: "a number from 0 to 1",
    description:
      "Share of requests that the access log tells of; those that fail with 5xx or take a second are always told (docs/operations.md).",
    default: "0.01",
  },
  METRICS_ENVIRONMENT: {
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,40}$/)
      .optional(),
    expected: "1 to 40 of letters, digits, _ and -",
    description:
      "Name of this environment, as the dimension environment of those lines, so that environments of one account are told apart.",
  },
  METRICS_EMF_SECONDS: {
    schema: whole(0, 3_600).default(0),
    expected: "a whole number of seconds, 0 for never",
    description:
      "Each process writes its metrics to its log this often, in CloudWatch's embedded metric format.",
    default: "0",
  },
} as const satisfies Record<string, Variable>;
