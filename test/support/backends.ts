/** What the test backends of one run are called and where they are; handed to test files by vitest. */
import { inject } from "vitest";

/** The migrated database that test databases are cloned from. */
export const TEMPLATE_DATABASE = "stockline_template";

/** Plain data, since vitest carries it from its main process to the test files. */
export interface TestBackends {
  /** The run's own folder; gone after the run. */
  readonly home: string;
  readonly adminUrl: string;
  readonly ownerUrl: string;
  readonly writerUrl: string;
  readonly readerUrl: string;
  readonly redisUrl: string;
  readonly s3Endpoint: string;
  readonly kinesisEndpoint: string;
  readonly sqsEndpoint: string;
  /** As the product's environment wants them: REDIS_URL, S3_*, KINESIS_*, SQS_*, AWS_*; no database. */
  readonly env: Readonly<Record<string, string>>;
}

declare module "vitest" {
  export interface ProvidedContext {
    backends: TestBackends;
  }
}

/** The backends of this test run. The database URLs name no database of any test: see database.ts. */
export function testBackends(): TestBackends {
  return inject("backends");
}
