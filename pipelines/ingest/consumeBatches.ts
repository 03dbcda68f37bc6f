/**
 * Takes what a pushing source delivers (Kafka, SQS). The broker keeps the place; it is moved by the adapter after the commit, so
 * a crash in between delivers records again, which changes nothing.
 */
import type { Metrics } from "../../platform/metrics.ts";
import type { RecordSource } from "../../platform/recordSource.ts";
import type { InboxGate } from "./inboxGate.ts";
import { type IngestDeps, ingestRecords } from "./ingestRecords.ts";
import { partitionNote } from "./queries/checkpoints.ts";

interface BatchDeps {
  readonly ingest: IngestDeps;
  readonly source: RecordSource;
  readonly gate: InboxGate;
  /** Names this worker beside the places that it moved. */
  readonly owner: string;
  readonly metrics: Pick<Metrics, "sourceChanges" | "sourceLagRecords">;
}

/** Starts the source; stop() ends after the batch in flight. */
export function consumeBatches(deps: BatchDeps): { stop(): Promise<void> } {
  const { ingest, source, gate, owner, metrics } = deps;
  source.start({
    take: async ({ records, shard }) => {
      await ingestRecords(ingest, records, async (tx, last) => {
        if (shard === undefined) return;
        const checkpoint = last.position.slice(last.position.lastIndexOf(":") + 1);
        await partitionNote(tx, { source: source.name, shard, owner, checkpoint });
      });
    },
    ready: (stopping, keepAlive) => gate.open(source.name, stopping, keepAlive),
    onLag: (records) => metrics.sourceLagRecords.set({ source: source.name }, records),
    onChange: (change) => {
      metrics.sourceChanges.inc({ source: source.name, change });
      ingest.log.info({ source: source.name, change }, "source changed");
    },
  });
  return { stop: () => source.stop() };
}
