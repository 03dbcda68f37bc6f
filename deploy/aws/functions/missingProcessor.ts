/** Stands in until workers/event-processor is built: refuses every batch, so that events stay in the stream instead of being swallowed. */

/** Always throws. */
export async function handler(): Promise<never> {
  return await Promise.reject(
    new Error("workers/event-processor was not there when the infrastructure was synthesised"),
  );
}
