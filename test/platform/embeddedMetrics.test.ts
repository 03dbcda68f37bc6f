/** Metrics as log lines: what CloudWatch makes of them is what Prometheus would have read. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { expect, test } from "vitest";
import { createEmbeddedMetrics } from "../../platform/embeddedMetrics.ts";

const NOW = Date.UTC(2026, 0, 31);

function aRegistry() {
  const registry = new Registry();
  registry.setDefaultLabels({ process: "api" });
  const registers = [registry];
  return {
    registry,
    requests: new Histogram({
      name: "stockline_http_request_duration_seconds",
      help: "h",
      labelNames: ["route", "status"],
      buckets: [0.1, 1],
      registers,
    }),
    depth: new Gauge({ name: "stockline_inbox_depth_movements", help: "h", registers }),
    decided: new Counter({
      name: "stockline_movements_decided_total",
      help: "h",
      labelNames: ["type"],
      registers,
    }),
  };
}

const read = async (linesNow: (nowMs: number) => Promise<string[]>) =>
  (await linesNow(NOW)).map((line) => JSON.parse(line));

test("a line holds the metrics of one set of labels, with units and dimensions", async () => {
  const { registry, depth } = aRegistry();
  depth.set(7);
  const [line] = await read(createEmbeddedMetrics(registry));
  expect(line).toEqual({
    _aws: {
      Timestamp: NOW,
      CloudWatchMetrics: [
        {
          Namespace: "Stockline",
          Dimensions: [["process"]],
          Metrics: [{ Name: "stockline_inbox_depth_movements", Unit: "Count" }],
        },
      ],
    },
    process: "api",
    stockline_inbox_depth_movements: 7,
  });
});

test("the environment, where it has a name, is a dimension of every metric", async () => {
  const { registry, depth, decided } = aRegistry();
  depth.set(7);
  decided.inc({ type: "receipt" }, 1);
  const lines = await read(createEmbeddedMetrics(registry, "staging"));
  expect(
    lines.map((line) => [line.environment, line._aws.CloudWatchMetrics[0].Dimensions]),
  ).toEqual(
    expect.arrayContaining([
      ["staging", [["environment", "process"]]],
      ["staging", [["environment", "process", "type"]]],
    ]),
  );
  expect(lines.every(({ environment }) => environment === "staging")).toBe(true);
});

test("counters tell what came since the last line, gauges what is", async () => {
  const { registry, depth, decided } = aRegistry();
  const linesNow = createEmbeddedMetrics(registry);
  decided.inc({ type: "receipt" }, 3);
  depth.set(5);
  await linesNow(NOW);
  decided.inc({ type: "receipt" }, 4);
  decided.inc({ type: "issue" }, 1);
  const lines = await read(linesNow);
  const values = lines.map((line) => [line.type, line.stockline_movements_decided_total]);
  expect(values).toEqual(
    expect.arrayContaining([
      ["receipt", 4],
      ["issue", 1],
    ]),
  );
  expect(lines.find((line) => line.type === undefined)?.stockline_inbox_depth_movements).toBe(5);
});

test("a histogram tells each bucket once as its upper bound, summed over routes, and nothing where nothing came", async () => {
  const { registry, requests } = aRegistry();
  const linesNow = createEmbeddedMetrics(registry);
  requests.observe({ route: "/a", status: "200" }, 0.05);
  requests.observe({ route: "/b", status: "200" }, 0.5);
  requests.observe({ route: "/b", status: "200" }, 60);
  requests.observe({ route: "/b", status: "503" }, 0.05);
  const first = await read(linesNow);
  const durations = first.map((line) => [
    line.status,
    line.stockline_http_request_duration_seconds,
  ]);
  expect(durations).toEqual(
    expect.arrayContaining([
      ["200", { Values: [0.1, 1, 1], Counts: [1, 1, 1] }],
      ["503", { Values: [0.1], Counts: [1] }],
    ]),
  );
  const statuses = (await read(linesNow)).map((line) => line.status);
  expect(statuses.filter((status) => status !== undefined)).toEqual([]);
});

test("more metrics of one set of labels than a line may hold go on in another line", async () => {
  const registry = new Registry();
  for (let nth = 0; nth < 150; nth += 1) {
    new Gauge({ name: `stockline_nth_${nth}`, help: "h", registers: [registry] }).set(nth);
  }
  const lines = await read(createEmbeddedMetrics(registry));
  const counts = lines.map((line) => line._aws.CloudWatchMetrics[0].Metrics.length);
  expect(counts).toEqual([100, 50]);
});
