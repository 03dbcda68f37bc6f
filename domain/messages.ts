/** Schemas of what crosses a process: queue pointers and CloudEvents. A queue message is only a pointer to a row in Postgres. */

/** A CloudEvents 1.0 envelope in JSON, as sinks and GET /v1/events carry it. */
export interface CloudEvent {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: "application/json";
  readonly partitionkey: string;
  /** Place in the log: positions are gapless in a lane; the incarnation changes when a database was restored. */
  readonly lane: number;
  readonly position: number;
  readonly incarnation: number;
  readonly data: unknown;
}

/** Work that is a row in Postgres; the queue carries only its id. */
export interface RowPointer {
  readonly id: string;
}

/** Wake-up of one lane. */
export interface LanePointer {
  readonly lane: number;
}
