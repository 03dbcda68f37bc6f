// Traces to X-Ray: a collector beside each service where the table of environments wants any.
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { configVariables } from "../../../platform/config.ts";
import { environments } from "../../environments/environments.ts";
import { ENVIRONMENTS, template } from "./synthesised.ts";
import { tasksOf } from "./tasks.ts";

describe("traces", () => {
  const collector = z.object({
    Name: z.literal("collector"),
    Image: z.string(),
    Essential: z.boolean(),
    Memory: z.number(),
    User: z.string(),
    ReadonlyRootFilesystem: z.boolean(),
    Environment: z.tuple([z.object({ Name: z.literal("AOT_CONFIG_CONTENT"), Value: z.string() })]),
  });
  const pipeline = z.object({
    receivers: z.object({
      otlp: z.object({ protocols: z.object({ http: z.object({ endpoint: z.string() }) }) }),
    }),
    exporters: z.object({ awsxray: z.object({ region: z.string() }) }),
    service: z.object({
      pipelines: z.object({ traces: z.record(z.string(), z.array(z.string())) }),
    }),
  });
  const endpoint = configVariables.find((it) => it.name === "OTEL_EXPORTER_OTLP_ENDPOINT");

  test.each(ENVIRONMENTS)(
    "of %s have a collector beside each service where the table wants any",
    (name) => {
      const { traceShare, region } = environments[name];
      for (const { Family, ContainerDefinitions } of tasksOf(name)) {
        const [process, ...beside] = ContainerDefinitions;
        const told = process.Environment.filter((it) => it.Name.startsWith("OTEL_"));
        if (traceShare === 0 || Family.endsWith("-migrate")) {
          expect([...beside, ...told], Family).toEqual([]);
          continue;
        }
        expect(told.map((it) => [it.Name, it.Value])).toEqual([
          ["OTEL_TRACES_EXPORTER", "otlp"],
          ["OTEL_TRACES_SAMPLER_ARG", String(traceShare)],
          ["OTEL_PROPAGATORS", "tracecontext,xray"],
        ]);
        const found = z.tuple([collector]).parse(beside)[0];
        expect(found).toMatchObject({
          Image: expect.stringMatching(
            /^public\.ecr\.aws\/aws-observability\/[a-z-]+:v\d+\.\d+\.\d+$/,
          ),
          Essential: false,
          ReadonlyRootFilesystem: true,
          User: "1000:1000",
        });
        const { receivers, exporters, service } = pipeline.parse(
          JSON.parse(found.Environment[0].Value),
        );
        expect(`http://${receivers.otlp.protocols.http.endpoint}`).toBe(endpoint?.default);
        expect(exporters.awsxray.region).toBe(region);
        expect(service.pipelines.traces).toMatchObject({
          receivers: ["otlp"],
          exporters: ["awsxray"],
        });
      }
    },
  );

  test("may be written by the services where there are any, and by nothing else", () => {
    const writers = (name: (typeof ENVIRONMENTS)[number]) =>
      Object.entries(template(name, "services").findResources("AWS::IAM::Policy"))
        .filter(([, it]) => JSON.stringify(it).includes("xray:PutTraceSegments"))
        .map(([id]) => /^Task([a-z]+)TaskRole/.exec(id)?.[1] ?? id)
        .toSorted();
    expect(environments.staging.traceShare).toBeGreaterThan(0);
    expect(writers("staging")).toEqual(["api", "jobs", "workers"]);
    expect(environments.production.traceShare).toBe(0);
    expect(writers("production")).toEqual([]);
  });
});
