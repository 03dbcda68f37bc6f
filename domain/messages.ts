/** What crosses to other services: CloudEvents. (A queue message is no more than the id of a row in Postgres: platform/queues.ts.) */

/** A CloudEvents 1.0 envelope in JSON, as sinks and GET /v1/events carry it. */
export interface CloudEvent {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: "application/json";
  /** Names the schema of the data, with its version (docs/events). */
  readonly dataschema?: string;
  readonly partitionkey: string;
  /** Place in the log: positions are gapless in a lane; the incarnation changes when a database was restored. */
  readonly lane: number;
  readonly position: number;
  readonly incarnation: number;
  /** W3C trace context of the request that caused the event (the CloudEvents extension for distributed tracing). */
  readonly traceparent?: string;
  readonly data: unknown;
}
