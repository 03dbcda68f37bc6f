/**
 * Ingest: movements that partners send by a broker. A record goes into the inbox, is known already, or goes to dead_letters; that
 * and the place of its source become durable in one transaction (Postgres). Every id is decided once, whichever broker brought it.
 */

export { consumeBatches } from "./consumeBatches.ts";
export type { InboundRecord, Ingested } from "./inboundRecord.ts";
export { InboxGate } from "./inboxGate.ts";
export { type IngestDeps, ingestRecords } from "./ingestRecords.ts";
export { deadLettersParked, type LetterRow } from "./queries/deadLetters.ts";
export { readSources } from "./readSources.ts";
export { listDeadLetters, readDeadLetter } from "./sealedLetters.ts";
export { startShardConsumer } from "./shardConsumer.ts";
export { discardDeadLetter, replayDeadLetter, type SteerDeps } from "./steerDeadLetters.ts";
