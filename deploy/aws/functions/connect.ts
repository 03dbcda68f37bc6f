/** One connection to PostgreSQL for a function: bounded waits, always ended. */
import { Client } from "pg";
import type { WithDatabase } from "./loginRotation.ts";

const WAIT_MS = 15_000;

/** Connects, works, ends. */
export const withDatabase: WithDatabase = async (url, work) => {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: WAIT_MS,
    statement_timeout: WAIT_MS,
    application_name: "stockline-secrets",
  });
  await client.connect();
  try {
    return await work({
      query: async (text, values) => ({
        rows: (await client.query(text, [...(values ?? [])])).rows,
      }),
    });
  } finally {
    await client.end();
  }
};
