/**
 * The ports through which records come in. A RecordSource pushes batches and keeps its own place at the broker (Kafka, SQS); a
 * ShardStream is read shard by shard by whoever holds its lease (Kinesis). Neither knows what is in a record.
 */

export interface InboundRecord {
  /** The broker and its stream, topic or queue, such as "kafka:orders". */
  readonly origin: string;
  /** Place in the origin, by which a record that is delivered again is known: shard and number, partition and offset, message id. */
  readonly position: string;
  readonly payload: Uint8Array;
}

export interface SourceBatch {
  readonly records: readonly InboundRecord[];
  /** Partition that the records are of; undefined for a queue. */
  readonly shard: string | undefined;
}

export interface SourceHandlers {
  /** Takes the batch; answers after the commit. A rejection means that the records are to be delivered again. */
  take(batch: SourceBatch): Promise<void>;
  /** Answers when records may come in; calls `keepAlive` meanwhile. */
  ready(stopping: AbortSignal, keepAlive: () => Promise<void>): Promise<void>;
  onLag(records: number): void;
  onChange(change: "joined" | "restarted"): void;
}

export interface RecordSource {
  /** Origin of its records. */
  readonly name: string;
  start(handlers: SourceHandlers): void;
  /** Ends after the batch in flight. */
  stop(): Promise<void>;
}

/** What one read of a shard brought. */
export interface ShardPage {
  readonly records: readonly { readonly sequence: string; readonly payload: Uint8Array }[];
  /** Where the next read begins; undefined at the end of a closed shard. */
  readonly next: string | undefined;
  readonly lagMs: number | undefined;
}

export interface ShardStream {
  /** Origin of its records. */
  readonly name: string;
  open(): Promise<void>;
  listShards(): Promise<{ readonly shard: string; readonly parents: readonly string[] }[]>;
  /** Where a read begins that goes on after the sequence number; "" stands for the shard's beginning. */
  iteratorAfter(shard: string, sequence: string): Promise<string>;
  read(iterator: string): Promise<ShardPage>;
  close(): void;
}
