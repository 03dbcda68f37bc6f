/**
 * A Kafka cluster in memory, for tests and benchmarks: librdkafka's mock, run by kcat where that is installed (Debian: kcat). It
 * speaks the real protocol with three brokers; producer ids, access control and limits of size it has not.
 */
import { spawn, spawnSync } from "node:child_process";

export interface MockKafka {
  /** As KAFKA_BROKERS takes them. */
  readonly brokers: string;
  stop(): void;
}

/** Whether kcat is there. */
export function hasKcat(): boolean {
  return spawnSync("kcat", ["-V"], { stdio: "ignore" }).error === undefined;
}

/** Starts the cluster; ready when it has told where its brokers are. */
export function startMockKafka(): Promise<MockKafka> {
  const args = ["-b", "x", "-X", "test.mock.num.brokers=3", "-d", "mock", "-C", "-t", "keepalive"];
  const child = spawn("kcat", args, { stdio: ["ignore", "ignore", "pipe"] });
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`kcat ended: ${text}`)));
    child.stderr.on("data", (chunk: Buffer) => {
      if (text.length > 100_000) return;
      text += chunk.toString();
      const brokers = /bootstrap\.servers=(\S+)/.exec(text)?.[1];
      if (brokers !== undefined) resolve({ brokers, stop: () => child.kill() });
    });
  });
}
