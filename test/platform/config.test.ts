/** The environment: every wrong variable is named with what was found and what is expected, all at once, secrets unseen. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type ConfigError, configVariables, readConfig } from "../../platform/config.ts";
import { projectRoot } from "../../platform/projectRoot.ts";

const RIGHT = { DATABASE_URL: "postgres://u:p@localhost/db", REDIS_URL: "redis://localhost" };

function sentencesOf(environment: Record<string, string>): string[] {
  try {
    readConfig({ ...RIGHT, ...environment });
  } catch (error) {
    return (error as ConfigError).message.split("\n");
  }
  return [];
}

describe("readConfig", () => {
  test("the two addresses are enough; the rest has defaults", () => {
    expect(readConfig(RIGHT)).toMatchObject({
      PORT: 3001,
      HOST: "127.0.0.1",
      S3_BUCKET: "stockline",
    });
  });

  test("an empty value counts as not set", () => {
    expect(readConfig({ ...RIGHT, PORT: "", KAFKA_BROKERS: "" })).toMatchObject({ PORT: 3001 });
  });

  test.each([
    [{ PORT: "http" }, 'PORT is "http"; expected a port number from 0 to 65535'],
    [{ PORT: "70000" }, 'PORT is "70000"; expected a port number from 0 to 65535'],
    [
      { LOG_LEVEL: "loud" },
      'LOG_LEVEL is "loud"; expected trace, debug, info, warn, error, fatal or silent',
    ],
    [{ DATABASE_URL: "" }, "DATABASE_URL is not set; expected a postgres:// URL"],
    [
      { DATABASE_URL: "mysql://x:secret@h/d" },
      "DATABASE_URL is a value that can't be read (not shown); expected a postgres:// URL",
    ],
    [
      { KAFKA_BROKERS: "kafka" },
      'KAFKA_BROKERS is "kafka"; expected host:port, or several separated by commas',
    ],
    [
      { S3_ENDPOINT: "http://localhost:9000" },
      "S3_ACCESS_KEY_ID is not set; expected an access key id, since S3_ENDPOINT is set",
    ],
    [
      { KAFKA_SASL_MECHANISM: "scram-sha-512", KAFKA_SASL_USERNAME: "ann" },
      "KAFKA_SASL_PASSWORD is not set; expected it beside KAFKA_SASL_MECHANISM",
    ],
    [
      { KAFKA_SASL_PASSWORD: "secret" },
      "KAFKA_SASL_MECHANISM is not set; expected it beside KAFKA_SASL_PASSWORD",
    ],
    [
      { KAFKA_TLS_CA_FILE: "/ca.pem" },
      "KAFKA_TLS is false; expected true beside KAFKA_TLS_CA_FILE",
    ],
  ])("%j is answered with a sentence", (environment, sentence) => {
    expect(sentencesOf(environment)).toEqual([sentence]);
  });

  test("several faults are told at once", () => {
    expect(sentencesOf({ PORT: "x", LOG_LEVEL: "y", REDIS_URL: "z" })).toHaveLength(3);
  });

  test("every variable says what it is for", () => {
    for (const variable of configVariables) {
      expect(variable.description.length, variable.name).toBeGreaterThan(10);
    }
  });

  test.each(["api", "workers", "jobs"])(
    "%s ends at once with the sentence and EX_CONFIG",
    (name) => {
      const run = spawnSync(process.execPath, [join(projectRoot(), "dist", name, "main.js")], {
        env: { PATH: process.env["PATH"], DATABASE_URL: "nonsense" },
        encoding: "utf8",
      });
      expect(run.status).toBe(78);
      expect(run.stderr).toContain("DATABASE_URL is a value that can't be read (not shown)");
      expect(run.stderr).toContain("REDIS_URL is not set; expected a redis:// or rediss:// URL");
      expect(run.stderr).not.toContain("    at ");
    },
  );
});
