/** What the baselines on PostgreSQL share: a connection with nothing special about it, and a timed loop. */
import pg from "pg";

/** What a baseline writes to standard output. */
export interface PlainResult {
  readonly perSecond: number;
}

/** Opens a connection. */
export async function openPlainClient(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

/** Repeats the work for the given time; answers how often it was done a second. */
export async function runFor(
  seconds: number,
  work: () => Promise<void>,
): Promise<{ times: number; perSecond: number }> {
  const begun = performance.now();
  const end = begun + seconds * 1_000;
  let times = 0;
  while (performance.now() < end) {
    await work();
    times += 1;
  }
  return { times, perSecond: times / ((performance.now() - begun) / 1_000) };
}
