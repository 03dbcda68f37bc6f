/**
 * An example of a request: it stands in the OpenAPI document, and test/api/http/examples.test.ts sends it to the running API and
 * holds the answer against the document. Routes without path parameters and without a body need none: their plain GET is one.
 */

/** A request and the status that it gets. */
export interface RouteExample {
  /** A few words that say what the request does, e.g. "Receive ten boxes". */
  readonly summary: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a multipart form: its fields, the file as { name, content }. */
  readonly body?: unknown;
  /** What the running API answers. */
  readonly status: number;
  /** Code of the problem, where it answers one. */
  readonly code?: string;
}

/** Examples by method and path as declared, e.g. "post /v1/movements". Of each route at least one succeeds. */
export type RouteExamples = Readonly<Record<string, readonly RouteExample[]>>;
