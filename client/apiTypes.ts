/**
 * What each operation of the API takes and answers, made from /openapi.json by `npm run docs:client`; test/client/apiTypes.test.ts
 * fails while it tells another story. Not written by hand, nor formatted.
 */

/** Operations by method and path. */
export interface Operations {
  /** Give an upload up. */
  "DELETE /v1/imports/uploads/{id}": {
    path: {
      readonly id: string;
    };
    answer: undefined;
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "upload_aborted" | "upload_completed" | "upload_completing" | "upload_expired" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Archive an item (alias). */
  "DELETE /v1/items/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly sku: string;
      readonly name: string;
      readonly description: string | null;
      readonly unit: string;
      readonly category: string | null;
      readonly barcode: string | null;
      readonly cost: string | null;
      readonly price: string | null;
      readonly currency: string | null;
      readonly tracking: "none" | "lot" | "serial";
      readonly units: { readonly [name: string]: string };
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "if_match_malformed" | "in_use" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Archive a reorder policy (alias). */
  "DELETE /v1/reorder-policies/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly sku: string;
      readonly warehouse: string;
      readonly method: "min_max" | "reorder_point" | "periodic_review" | "days_of_cover" | "auto";
      readonly reorder_point: string | null;
      readonly reorder_quantity: string | null;
      readonly min: string | null;
      readonly max: string | null;
      readonly safety_stock: string | null;
      readonly service_level: string | null;
      readonly review_days: number | null;
      readonly recovery_margin: string | null;
      readonly reorder_at: string | null;
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Archive a report schedule (alias). */
  "DELETE /v1/report-schedules/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly name: string;
      readonly report: string;
      readonly format: string;
      readonly parameters: { readonly [name: string]: unknown };
      readonly cron: string;
      readonly time_zone: string;
      readonly status: "active" | "paused" | "archived";
      readonly catch_up: "all" | "latest" | "none";
      readonly period: string | null;
      readonly incremental: string | null;
      readonly first_day: string | null;
      readonly delivery: {
        readonly prefix: string;
        readonly webhook: {
          readonly url: string;
        } | null;
      };
      readonly warehouses: (readonly string[]) | null;
      readonly next_run_at: string | null;
      readonly created_by: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Archive a supplier (alias). */
  "DELETE /v1/suppliers/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly code: string;
      readonly name: string;
      readonly contact_name: string | null;
      readonly email: string | null;
      readonly phone: string | null;
      readonly address: string | null;
      readonly city: string | null;
      readonly country: string | null;
      readonly currency: string | null;
      readonly lead_time_days: number | null;
      readonly working_days: (readonly ("sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat")[]) | null;
      readonly holidays: readonly string[];
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "if_match_malformed" | "in_use" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "personal_data_locked" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Archive a supplier item (alias). */
  "DELETE /v1/suppliers/{id}/items/{item}": {
    path: {
      readonly id: string;
      readonly item: string;
    };
    answer: {
      readonly id: string;
      readonly supplier: string;
      readonly item_id: string;
      readonly sku: string;
      readonly supplier_sku: string | null;
      readonly unit_cost: string | null;
      readonly currency: string | null;
      readonly moq: string;
      readonly pack_size: string;
      readonly order_multiple: string | null;
      readonly order_maximum: string | null;
      readonly price_breaks: readonly {
        readonly quantity: string;
        readonly unit_cost: string;
      }[];
      readonly lead_time_days: number | null;
      readonly preferred: boolean;
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Archive a warehouse (alias). */
  "DELETE /v1/warehouses/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly code: string;
      readonly name: string;
      readonly address: string | null;
      readonly latitude: number | null;
      readonly longitude: number | null;
      readonly time_zone: string;
      readonly allow_negative: boolean;
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
      readonly distance_m?: number | undefined;
      readonly available?: string | undefined;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "if_match_malformed" | "in_use" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Remove a webhook with its place and its dead letters. */
  "DELETE /v1/webhooks/{name}": {
    path: {
      readonly name: string;
    };
    answer: undefined;
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Who changed what, the newest first. */
  "GET /v1/audit": {
    query?: {
      readonly actor?: string | undefined;
      readonly action?: string | undefined;
      readonly entity_type?: string | undefined;
      readonly entity_id?: string | undefined;
      readonly request_id?: string | undefined;
      readonly from?: string | undefined;
      readonly to?: string | undefined;
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly seq: number;
        readonly id: string;
        readonly at: string;
        readonly actor: string;
        readonly action: string;
        readonly entity_type: string;
        readonly entity_id: string | null;
        readonly entity_ids: (readonly string[]) | null;
        readonly request_id: string | null;
        readonly address: string | null;
        readonly via: string | null;
        readonly before: { readonly [name: string]: unknown } | null;
        readonly after: { readonly [name: string]: unknown } | null;
        readonly hash: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "cursor_invalid" | "database_silent" | "database_unavailable" | "date_format" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "warehouses_limited" | "wrong_format" | "wrong_type";
  };
  /** Who am I, and what may I do. */
  "GET /v1/auth/me": {
    answer: {
      readonly subject: string;
      readonly roles: readonly string[];
      readonly permissions: readonly string[];
      readonly warehouses: (readonly string[]) | null;
      readonly session: boolean;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "issuer_unavailable" | "no_session" | "nul_char" | "personal_data_locked" | "rate_limited" | "token_invalid" | "token_malformed" | "token_missing" | "unknown_field";
  };
  /** List inbound records that could not be taken, the oldest first. */
  "GET /v1/dead-letters": {
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
      readonly status?: "parked" | "replayed" | "discarded" | undefined;
      readonly code?: string | undefined;
      readonly origin?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly origin: string;
        readonly position: string;
        readonly code: string;
        readonly reason: string;
        readonly status: "parked" | "replayed" | "discarded";
        readonly event_id: string | null;
        readonly event_source: string | null;
        readonly event_type: string | null;
        readonly bytes: number;
        readonly parked_at: string;
        readonly movement_id: string | null;
        readonly resolved_at: string | null;
        readonly resolved_by: string | null;
        readonly resolution: string | null;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "personal_data_locked" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Read a dead letter with what it holds. */
  "GET /v1/dead-letters/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly origin: string;
      readonly position: string;
      readonly code: string;
      readonly reason: string;
      readonly status: "parked" | "replayed" | "discarded";
      readonly event_id: string | null;
      readonly event_source: string | null;
      readonly event_type: string | null;
      readonly bytes: number;
      readonly parked_at: string;
      readonly movement_id: string | null;
      readonly resolved_at: string | null;
      readonly resolved_by: string | null;
      readonly resolution: string | null;
      readonly payload: string;
      readonly encoding: "utf8" | "base64";
      readonly mended: string | null;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "id_format" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "personal_data_locked" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Read the event log from a cursor. */
  "GET /v1/events": {
    query?: {
      readonly after?: string | undefined;
      readonly type?: string | (readonly string[]) | undefined;
      readonly limit?: number | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly specversion: "1.0";
        readonly id: string;
        readonly source: "/stockline";
        readonly type: string;
        readonly subject: string;
        readonly time: string;
        readonly datacontenttype: "application/json";
        readonly dataschema?: string | undefined;
        readonly partitionkey: string;
        readonly lane: number;
        readonly position: number;
        readonly incarnation: number;
        readonly traceparent?: string | undefined;
        readonly data: { readonly [name: string]: unknown };
      }[];
      readonly next_cursor: string;
    };
    problem: "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Follow the event log (server-sent events). */
  "GET /v1/events/stream": {
    query?: {
      readonly after?: string | undefined;
      readonly type?: string | (readonly string[]) | undefined;
    };
    answer: undefined;
    problem: "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_many_streams" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Imports, newest first. */
  "GET /v1/imports": {
    query?: {
      readonly kind?: "items" | "suppliers" | "warehouses" | "supplier_items" | "reorder_policies" | "movements" | "counts" | "purchase_orders" | undefined;
      readonly status?: "uploaded" | "reading" | "checking" | "applying" | "completed" | "completed_with_errors" | "failed" | "cancelled" | undefined;
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly kind: "items" | "suppliers" | "warehouses" | "supplier_items" | "reorder_policies" | "movements" | "counts" | "purchase_orders";
        readonly mode: "commit" | "dry_run";
        readonly status: "uploaded" | "reading" | "checking" | "applying" | "completed" | "completed_with_errors" | "failed" | "cancelled";
        readonly rows_total: number;
        readonly rows_read: number;
        readonly rows_valid: number;
        readonly rows_invalid: number;
        readonly rows_applied: number;
        readonly rows_rejected: number;
        readonly rows_skipped: number;
        readonly bytes_read: number;
        readonly bytes_total: number;
        readonly progress: {
          readonly phase: "waiting" | "fetching" | "reading" | "rereading" | "checking" | "foreseeing" | "applying" | "ended";
          readonly done: number;
          readonly total: number;
          readonly unit: "rows" | "bytes";
          readonly percent: number | null;
          readonly rows_per_second: number | null;
          readonly bytes_per_second: number | null;
          readonly seconds_left: number | null;
        };
        readonly on_error: "skip" | "abort";
        readonly format: ("csv" | "csv.gz" | "xlsx") | null;
        readonly file_name: string;
        readonly source: string | null;
        readonly stop_after_errors: number | null;
        readonly created_by: string;
        readonly created_at: string;
        readonly started_at: string | null;
        readonly finished_at: string | null;
        readonly error: {
          readonly code: string;
          readonly detail: string;
        } | null;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** An empty file of a kind, to be filled in. */
  "GET /v1/imports/templates/{kind}": {
    path: {
      readonly kind: "items" | "suppliers" | "warehouses" | "supplier_items" | "reorder_policies" | "movements" | "counts" | "purchase_orders";
    };
    query?: {
      readonly format?: "csv" | "xlsx" | undefined;
    };
    answer: undefined;
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Links of further parts, or fresh ones. */
  "GET /v1/imports/uploads/{id}/parts": {
    path: {
      readonly id: string;
    };
    query?: {
      readonly from?: number | undefined;
      readonly limit?: number | undefined;
    };
    answer: {
      readonly id: string;
      readonly file_name: string;
      readonly bytes: number;
      readonly part_bytes: number;
      readonly parts_total: number;
      readonly parts: readonly {
        readonly number: number;
        readonly bytes: number;
        readonly url: string;
      }[];
      readonly next_part: number | null;
      readonly links_expire_at: string;
      readonly expires_at: string;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "id_format" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "upload_aborted" | "upload_completed" | "upload_completing" | "upload_expired" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Where an import stands. */
  "GET /v1/imports/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly kind: "items" | "suppliers" | "warehouses" | "supplier_items" | "reorder_policies" | "movements" | "counts" | "purchase_orders";
      readonly mode: "commit" | "dry_run";
      readonly status: "uploaded" | "reading" | "checking" | "applying" | "completed" | "completed_with_errors" | "failed" | "cancelled";
      readonly rows_total: number;
      readonly rows_read: number;
      readonly rows_valid: number;
      readonly rows_invalid: number;
      readonly rows_applied: number;
      readonly rows_rejected: number;
      readonly rows_skipped: number;
      readonly bytes_read: number;
      readonly bytes_total: number;
      readonly progress: {
        readonly phase: "waiting" | "fetching" | "reading" | "rereading" | "checking" | "foreseeing" | "applying" | "ended";
        readonly done: number;
        readonly total: number;
        readonly unit: "rows" | "bytes";
        readonly percent: number | null;
        readonly rows_per_second: number | null;
        readonly bytes_per_second: number | null;
        readonly seconds_left: number | null;
      };
      readonly on_error: "skip" | "abort";
      readonly format: ("csv" | "csv.gz" | "xlsx") | null;
      readonly file_name: string;
      readonly source: string | null;
      readonly stop_after_errors: number | null;
      readonly created_by: string;
      readonly created_at: string;
      readonly started_at: string | null;
      readonly finished_at: string | null;
      readonly error: {
        readonly code: string;
        readonly detail: string;
      } | null;
      readonly detected: { readonly [name: string]: unknown };
      readonly questions: readonly {
        readonly column: string;
        readonly field: string;
        readonly code: "number_ambiguous" | "date_ambiguous";
        readonly rows: number;
        readonly examples: readonly string[];
        readonly choices: readonly {
          readonly value: string;
          readonly reads: { readonly [name: string]: string };
        }[];
        readonly set: string;
      }[];
      readonly preview: { readonly [name: string]: unknown } | null;
      readonly changed_since_preview: { readonly [name: string]: unknown } | null;
      readonly errors_url: string;
      readonly errors_by_code: (readonly {
        readonly code: string;
        readonly rows: number;
      }[]) | null;
      readonly errors_sample: readonly {
        readonly row: number;
        readonly column: string;
        readonly code: string;
        readonly detail: string;
        readonly value: string;
      }[];
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "id_format" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** The rows that went wrong, as CSV. */
  "GET /v1/imports/{id}/errors": {
    path: {
      readonly id: string;
    };
    query?: {
      readonly format?: "csv" | "json" | undefined;
      readonly code?: string | undefined;
      readonly include?: "skipped" | undefined;
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly row: number;
        readonly column: string;
        readonly code: string;
        readonly detail: string;
        readonly value: string;
        readonly cells: readonly (string | number)[];
      }[];
      readonly next_cursor: string | null;
    };
    problem: "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "id_format" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "rows_expired" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Progress of an import as server-sent events. */
  "GET /v1/imports/{id}/events": {
    path: {
      readonly id: string;
    };
    answer: undefined;
    problem: "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "id_format" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_many_streams" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** List items. */
  "GET /v1/items": {
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
      readonly sku?: string | undefined;
      readonly category?: string | undefined;
      readonly barcode?: string | undefined;
      readonly q?: string | undefined;
      readonly status?: "active" | "discontinued" | "archived" | "all" | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly sku: string;
        readonly name: string;
        readonly description: string | null;
        readonly unit: string;
        readonly category: string | null;
        readonly barcode: string | null;
        readonly cost: string | null;
        readonly price: string | null;
        readonly currency: string | null;
        readonly tracking: "none" | "lot" | "serial";
        readonly units: { readonly [name: string]: string };
        readonly status: string;
        readonly version: number;
        readonly created_at: string;
        readonly updated_at: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "code_format" | "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Read an item. */
  "GET /v1/items/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly sku: string;
      readonly name: string;
      readonly description: string | null;
      readonly unit: string;
      readonly category: string | null;
      readonly barcode: string | null;
      readonly cost: string | null;
      readonly price: string | null;
      readonly currency: string | null;
      readonly tracking: "none" | "lot" | "serial";
      readonly units: { readonly [name: string]: string };
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Jobs with their schedules and latest runs. */
  "GET /v1/jobs": {
    answer: {
      readonly data: readonly {
        readonly name: string;
        readonly description: string;
        readonly cron: string;
        readonly time_zone: string;
        readonly when_missed: "latest" | "none";
        readonly when_busy: "wait" | "skip";
        readonly next_run_at: string | null;
        readonly last_run: {
          readonly id: string;
          readonly job: string;
          readonly status: "queued" | "running" | "completed" | "failed" | "skipped";
          readonly trigger: "schedule" | "api" | "cli";
          readonly slot: string | null;
          readonly requested_by: string;
          readonly rows: number | null;
          readonly outcome: { readonly [name: string]: unknown } | null;
          readonly error: string | null;
          readonly attempts: number;
          readonly created_at: string;
          readonly started_at: string | null;
          readonly finished_at: string | null;
          readonly duration_ms: number | null;
          readonly status_url: string;
        } | null;
      }[];
      readonly next_cursor: null;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "issuer_unavailable" | "nul_char" | "rate_limited" | "token_invalid" | "token_malformed" | "token_missing" | "unknown_field";
  };
  /** Runs of a job, newest first. */
  "GET /v1/jobs/{name}/runs": {
    path: {
      readonly name: string;
    };
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly job: string;
        readonly status: "queued" | "running" | "completed" | "failed" | "skipped";
        readonly trigger: "schedule" | "api" | "cli";
        readonly slot: string | null;
        readonly requested_by: string;
        readonly rows: number | null;
        readonly outcome: { readonly [name: string]: unknown } | null;
        readonly error: string | null;
        readonly attempts: number;
        readonly created_at: string;
        readonly started_at: string | null;
        readonly finished_at: string | null;
        readonly duration_ms: number | null;
        readonly status_url: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** One run of a job. */
  "GET /v1/jobs/{name}/runs/{id}": {
    path: {
      readonly name: string;
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly job: string;
      readonly status: "queued" | "running" | "completed" | "failed" | "skipped";
      readonly trigger: "schedule" | "api" | "cli";
      readonly slot: string | null;
      readonly requested_by: string;
      readonly rows: number | null;
      readonly outcome: { readonly [name: string]: unknown } | null;
      readonly error: string | null;
      readonly attempts: number;
      readonly created_at: string;
      readonly started_at: string | null;
      readonly finished_at: string | null;
      readonly duration_ms: number | null;
      readonly status_url: string;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "id_format" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** How the lanes of movements stand. */
  "GET /v1/lanes": {
    query?: {
      readonly halted?: "true" | "false" | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: number;
        readonly depth: number;
        readonly depth_is_bounded: boolean;
        readonly oldest_accepted_at: string | null;
        readonly set_aside: number;
        readonly events: number;
        readonly last_decided_at: string | null;
        readonly halted_at: string | null;
        readonly halted_reason: string | null;
      }[];
      readonly next_cursor: null;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** What the latest completed verification found. */
  "GET /v1/ledger/verify": {
    answer: {
      readonly mode: "full" | "incremental";
      readonly checked: {
        readonly entries: number;
        readonly levels: number;
        readonly outcomes: number;
        readonly inbox: number;
        readonly undone: number;
        readonly set_aside: number;
        readonly events: number;
        readonly lots: number;
        readonly reservations: number;
        readonly transits: number;
        readonly reversals: number;
        readonly audit: number;
      };
      readonly difference_count: number;
      readonly differences: readonly {
        readonly check: string;
        readonly sku: string | null;
        readonly warehouse: string | null;
        readonly movement_id: string | null;
        readonly lane: number | null;
        readonly expected: string;
        readonly found: string;
      }[];
      readonly anchor: {
        readonly compared: number | null;
        readonly outside: "same" | "differs" | "unreachable" | "none";
        readonly made: number | null;
      } | null;
      readonly run: {
        readonly id: string;
        readonly job: string;
        readonly status: "queued" | "running" | "completed" | "failed" | "skipped";
        readonly trigger: "schedule" | "api" | "cli";
        readonly slot: string | null;
        readonly requested_by: string;
        readonly rows: number | null;
        readonly outcome: { readonly [name: string]: unknown } | null;
        readonly error: string | null;
        readonly attempts: number;
        readonly created_at: string;
        readonly started_at: string | null;
        readonly finished_at: string | null;
        readonly duration_ms: number | null;
        readonly status_url: string;
      };
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "issuer_unavailable" | "not_found" | "nul_char" | "rate_limited" | "token_invalid" | "token_malformed" | "token_missing" | "unknown_field" | "warehouses_limited";
  };
  /** How much each kind of process logs. */
  "GET /v1/log-levels": {
    answer: {
      readonly data: readonly {
        readonly process: string;
        readonly level: string | null;
        readonly until: string | null;
        readonly set_by: string | null;
        readonly set_at: string | null;
      }[];
      readonly next_cursor: null;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "issuer_unavailable" | "nul_char" | "rate_limited" | "token_invalid" | "token_malformed" | "token_missing" | "unknown_field";
  };
  /** List what warehouses hold of lots and serial numbers. */
  "GET /v1/lots": {
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
      readonly sku?: string | undefined;
      readonly warehouse?: string | undefined;
      readonly expiring_before?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly lot: string;
        readonly sku: string;
        readonly warehouse: string;
        readonly expires_on: string | null;
        readonly on_hand: string;
        readonly reserved: string;
        readonly unavailable: string;
        readonly available: string;
        readonly in_transit: string;
        readonly updated_at: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "code_format" | "cursor_invalid" | "database_silent" | "database_unavailable" | "date_format" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Where the movements of one request, or of one customer, stand. */
  "GET /v1/movements": {
    query?: {
      readonly request?: string | undefined;
      readonly customer?: string | undefined;
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly status: "accepted" | "applied" | "rejected";
        readonly sku?: string | undefined;
        readonly warehouse?: string | undefined;
        readonly balance_after?: string | undefined;
        readonly version?: number | undefined;
        readonly applied_at?: string | undefined;
        readonly rejected_at?: string | undefined;
        readonly code?: string | undefined;
        readonly detail?: string | undefined;
        readonly set_aside?: {
          readonly error: string;
          readonly at: string;
        } | undefined;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "id_format" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "personal_data_locked" | "rate_limited" | "request_or_customer" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Where a movement stands. */
  "GET /v1/movements/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly status: "accepted" | "applied" | "rejected";
      readonly sku?: string | undefined;
      readonly warehouse?: string | undefined;
      readonly balance_after?: string | undefined;
      readonly version?: number | undefined;
      readonly applied_at?: string | undefined;
      readonly rejected_at?: string | undefined;
      readonly code?: string | undefined;
      readonly detail?: string | undefined;
      readonly set_aside?: {
        readonly error: string;
        readonly at: string;
      } | undefined;
      readonly type?: "receipt" | "issue" | "transfer" | "adjustment" | "count" | "return" | "supplier_return" | "scrap" | "hold" | "unhold" | "reserve" | "release" | "arrival" | "transit_loss" | "reversal" | undefined;
      readonly to_warehouse?: string | undefined;
      readonly quantity?: string | undefined;
      readonly lots?: readonly {
        readonly lot: string;
        readonly quantity: string;
      }[] | undefined;
      readonly customer?: {
        readonly reference: string;
        readonly status: "verified" | "unverified" | "unknown" | "closed";
        readonly canonical: string | null;
        readonly segment: string | null;
      } | undefined;
      readonly reversed_by?: string | undefined;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "id_format" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "personal_data_locked" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** List closed months, the latest first. */
  "GET /v1/periods": {
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly month: string;
        readonly status: "closed";
        readonly closed_by: string;
        readonly closed_at: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** What was bought, latest first: quantities, prices and how they changed, and when it came. */
  "GET /v1/purchase-history": {
    query?: {
      readonly sku?: string | undefined;
      readonly supplier?: string | undefined;
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly line_id: string;
        readonly purchase_order_id: string;
        readonly number: string;
        readonly status: string;
        readonly supplier: string;
        readonly warehouse: string;
        readonly sku: string;
        readonly quantity: string;
        readonly received_quantity: string;
        readonly unit_cost: string | null;
        readonly currency: string | null;
        readonly unit_cost_change: string | null;
        readonly sent_at: string;
        readonly expected_on: string | null;
        readonly first_received_at: string | null;
        readonly last_received_at: string | null;
        readonly received_cost: string | null;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "code_format" | "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Purchase orders, newest first. */
  "GET /v1/purchase-orders": {
    query?: {
      readonly status?: "draft" | "approved" | "sent" | "partially_received" | "received" | "cancelled" | undefined;
      readonly supplier?: string | undefined;
      readonly warehouse?: string | undefined;
      readonly late?: "true" | "false" | undefined;
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly number: string;
        readonly status: "draft" | "approved" | "sent" | "partially_received" | "received" | "cancelled";
        readonly supplier: string;
        readonly warehouse: string;
        readonly currency: string | null;
        readonly expected_on: string | null;
        readonly late: boolean;
        readonly days_late: number;
        readonly note: string | null;
        readonly line_count: number;
        readonly total_cost: string | null;
        readonly created_by: string;
        readonly generated_by_run: string | null;
        readonly approved_by: string | null;
        readonly approved_at: string | null;
        readonly sent_at: string | null;
        readonly received_at: string | null;
        readonly cancelled_at: string | null;
        readonly version: number;
        readonly created_at: string;
        readonly updated_at: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "code_format" | "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** One order with its lines. */
  "GET /v1/purchase-orders/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly number: string;
      readonly status: "draft" | "approved" | "sent" | "partially_received" | "received" | "cancelled";
      readonly supplier: string;
      readonly warehouse: string;
      readonly currency: string | null;
      readonly expected_on: string | null;
      readonly late: boolean;
      readonly days_late: number;
      readonly note: string | null;
      readonly line_count: number;
      readonly total_cost: string | null;
      readonly created_by: string;
      readonly generated_by_run: string | null;
      readonly approved_by: string | null;
      readonly approved_at: string | null;
      readonly sent_at: string | null;
      readonly received_at: string | null;
      readonly cancelled_at: string | null;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
      readonly lines: readonly {
        readonly id: string;
        readonly line: number;
        readonly sku: string;
        readonly name: string;
        readonly quantity: string;
        readonly received_quantity: string;
        readonly open_quantity: string;
        readonly unit_cost: string | null;
        readonly explanation: { readonly [name: string]: unknown } | null;
      }[];
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "id_format" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** List reorder policies. */
  "GET /v1/reorder-policies": {
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
      readonly sku?: string | undefined;
      readonly warehouse?: string | undefined;
      readonly method?: "min_max" | "reorder_point" | "periodic_review" | "days_of_cover" | "auto" | undefined;
      readonly status?: "active" | "archived" | "all" | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly sku: string;
        readonly warehouse: string;
        readonly method: "min_max" | "reorder_point" | "periodic_review" | "days_of_cover" | "auto";
        readonly reorder_point: string | null;
        readonly reorder_quantity: string | null;
        readonly min: string | null;
        readonly max: string | null;
        readonly safety_stock: string | null;
        readonly service_level: string | null;
        readonly review_days: number | null;
        readonly recovery_margin: string | null;
        readonly reorder_at: string | null;
        readonly status: string;
        readonly version: number;
        readonly created_at: string;
        readonly updated_at: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "code_format" | "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Read a reorder policy. */
  "GET /v1/reorder-policies/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly sku: string;
      readonly warehouse: string;
      readonly method: "min_max" | "reorder_point" | "periodic_review" | "days_of_cover" | "auto";
      readonly reorder_point: string | null;
      readonly reorder_quantity: string | null;
      readonly min: string | null;
      readonly max: string | null;
      readonly safety_stock: string | null;
      readonly service_level: string | null;
      readonly review_days: number | null;
      readonly recovery_margin: string | null;
      readonly reorder_at: string | null;
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Read the figures that a policy decides by. */
  "GET /v1/reorder-policies/{id}/plan": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly planned_at: string;
      readonly reviewed_on: string | null;
      readonly reorder_at: string | null;
      readonly order_up_to: string | null;
      readonly working: { readonly [name: string]: unknown };
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** The caller's report schedules (an admin's: everybody's). */
  "GET /v1/report-schedules": {
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly name: string;
        readonly report: string;
        readonly format: string;
        readonly parameters: { readonly [name: string]: unknown };
        readonly cron: string;
        readonly time_zone: string;
        readonly status: "active" | "paused" | "archived";
        readonly catch_up: "all" | "latest" | "none";
        readonly period: string | null;
        readonly incremental: string | null;
        readonly first_day: string | null;
        readonly delivery: {
          readonly prefix: string;
          readonly webhook: {
            readonly url: string;
          } | null;
        };
        readonly warehouses: (readonly string[]) | null;
        readonly next_run_at: string | null;
        readonly created_by: string;
        readonly version: number;
        readonly created_at: string;
        readonly updated_at: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** One report schedule. */
  "GET /v1/report-schedules/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly name: string;
      readonly report: string;
      readonly format: string;
      readonly parameters: { readonly [name: string]: unknown };
      readonly cron: string;
      readonly time_zone: string;
      readonly status: "active" | "paused" | "archived";
      readonly catch_up: "all" | "latest" | "none";
      readonly period: string | null;
      readonly incremental: string | null;
      readonly first_day: string | null;
      readonly delivery: {
        readonly prefix: string;
        readonly webhook: {
          readonly url: string;
        } | null;
      };
      readonly warehouses: (readonly string[]) | null;
      readonly next_run_at: string | null;
      readonly created_by: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "id_format" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** The caller's reports (an admin's: everybody's), newest first. */
  "GET /v1/reports": {
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly report: string;
        readonly format: string;
        readonly parameters: { readonly [name: string]: unknown };
        readonly warehouses: (readonly string[]) | null;
        readonly status: "queued" | "running" | "completed" | "failed";
        readonly rows: number | null;
        readonly bytes: number | null;
        readonly objects: readonly {
          readonly key: string;
          readonly bytes: number;
          readonly sha256: string;
        }[];
        readonly manifest_key: string | null;
        readonly download_url: string | null;
        readonly reused: boolean;
        readonly as_of: string | null;
        readonly age_seconds: number | null;
        readonly expired_at: string | null;
        readonly error: {
          readonly code: string;
          readonly detail: string;
        } | null;
        readonly requested_by: string;
        readonly schedule_id: string | null;
        readonly slot: string | null;
        readonly delivery: {
          readonly status: "pending" | "delivered" | "failed";
          readonly attempts: number;
          readonly error: string | null;
        } | null;
        readonly created_at: string;
        readonly started_at: string | null;
        readonly finished_at: string | null;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** One report, with a link to download it once it is completed. */
  "GET /v1/reports/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly report: string;
      readonly format: string;
      readonly parameters: { readonly [name: string]: unknown };
      readonly warehouses: (readonly string[]) | null;
      readonly status: "queued" | "running" | "completed" | "failed";
      readonly rows: number | null;
      readonly bytes: number | null;
      readonly objects: readonly {
        readonly key: string;
        readonly bytes: number;
        readonly sha256: string;
      }[];
      readonly manifest_key: string | null;
      readonly download_url: string | null;
      readonly reused: boolean;
      readonly as_of: string | null;
      readonly age_seconds: number | null;
      readonly expired_at: string | null;
      readonly error: {
        readonly code: string;
        readonly detail: string;
      } | null;
      readonly requested_by: string;
      readonly schedule_id: string | null;
      readonly slot: string | null;
      readonly delivery: {
        readonly status: "pending" | "delivered" | "failed";
        readonly attempts: number;
        readonly error: string | null;
      } | null;
      readonly created_at: string;
      readonly started_at: string | null;
      readonly finished_at: string | null;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "id_format" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** List reservations. */
  "GET /v1/reservations": {
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
      readonly sku?: string | undefined;
      readonly warehouse?: string | undefined;
      readonly status?: "open" | "issued" | "released" | "expired" | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly sku: string;
        readonly warehouse: string;
        readonly lot: string | null;
        readonly status: "open" | "issued" | "released" | "expired";
        readonly quantity: string;
        readonly open: string;
        readonly issued: string;
        readonly released: string;
        readonly expires_at: string | null;
        readonly created_at: string;
        readonly updated_at: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "code_format" | "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Read a reservation. */
  "GET /v1/reservations/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly sku: string;
      readonly warehouse: string;
      readonly lot: string | null;
      readonly status: "open" | "issued" | "released" | "expired";
      readonly quantity: string;
      readonly open: string;
      readonly issued: string;
      readonly released: string;
      readonly expires_at: string | null;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "id_format" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** List service clients. */
  "GET /v1/service-clients": {
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly name: string;
        readonly scopes: readonly string[];
        readonly warehouses: (readonly string[]) | null;
        readonly status: string;
        readonly version: number;
        readonly secret_changed_at: string;
        readonly last_used_at: string | null;
        readonly created_at: string;
        readonly updated_at: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Read a service client. */
  "GET /v1/service-clients/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly name: string;
      readonly scopes: readonly string[];
      readonly warehouses: (readonly string[]) | null;
      readonly status: string;
      readonly version: number;
      readonly secret_changed_at: string;
      readonly last_used_at: string | null;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "id_format" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** List movements that could not be written, the oldest first. */
  "GET /v1/set-aside-movements": {
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
      readonly lane?: number | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly type: string;
        readonly sku: string;
        readonly warehouse: string;
        readonly to_warehouse: string | null;
        readonly quantity: string;
        readonly lane: number;
        readonly group: string | null;
        readonly error: string;
        readonly set_aside_at: string;
        readonly movement: { readonly [name: string]: unknown };
        readonly status_url: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** List sinks with their places in the event log. */
  "GET /v1/sinks": {
    answer: {
      readonly data: readonly {
        readonly name: string;
        readonly kind: "kinesis" | "sqs" | "kafka" | "webhook";
        readonly paused: boolean;
        readonly paused_by: string | null;
        readonly publishing: boolean;
        readonly circuit: "closed" | "open" | "half_open";
        readonly failing_since: string | null;
        readonly lag_events: number;
        readonly lag_seconds: number;
        readonly positions: {
          readonly acknowledged_events: number;
          readonly log_events: number;
          readonly lanes_behind: number;
        };
        readonly dead_letters: number;
        readonly oldest_waiting_at: string | null;
        readonly last_error: string | null;
        readonly last_error_at: string | null;
      }[];
      readonly next_cursor: null;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "issuer_unavailable" | "nul_char" | "rate_limited" | "token_invalid" | "token_malformed" | "token_missing" | "unknown_field";
  };
  /** Read one sink. */
  "GET /v1/sinks/{name}": {
    path: {
      readonly name: string;
    };
    answer: {
      readonly name: string;
      readonly kind: "kinesis" | "sqs" | "kafka" | "webhook";
      readonly paused: boolean;
      readonly paused_by: string | null;
      readonly publishing: boolean;
      readonly circuit: "closed" | "open" | "half_open";
      readonly failing_since: string | null;
      readonly lag_events: number;
      readonly lag_seconds: number;
      readonly positions: {
        readonly acknowledged_events: number;
        readonly log_events: number;
        readonly lanes_behind: number;
      };
      readonly dead_letters: number;
      readonly oldest_waiting_at: string | null;
      readonly last_error: string | null;
      readonly last_error_at: string | null;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** List the events that a sink refused, the oldest first. */
  "GET /v1/sinks/{name}/dead-letters": {
    path: {
      readonly name: string;
    };
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
      readonly status?: "parked" | "released" | "replayed" | "discarded" | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly event_id: string;
        readonly type: string;
        readonly partition_key: string;
        readonly lane: number;
        readonly position: number;
        readonly code: string;
        readonly status: "parked" | "released" | "replayed" | "discarded";
        readonly created_at: string;
        readonly resolved_at: string | null;
        readonly resolved_by: string | null;
        readonly reason: string | null;
        readonly event: unknown;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** What is read from brokers, how far, and by whom. */
  "GET /v1/sources": {
    answer: {
      readonly data: readonly {
        readonly source: string;
        readonly shards: readonly {
          readonly shard: string;
          readonly checkpoint: string;
          readonly owner: string | null;
          readonly drained: boolean;
          readonly lag_seconds: number | null;
          readonly updated_at: string;
        }[];
        readonly parked_letters: number;
      }[];
      readonly next_cursor: null;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "issuer_unavailable" | "nul_char" | "rate_limited" | "token_invalid" | "token_malformed" | "token_missing" | "unknown_field";
  };
  /** List stock levels, or those that are low. */
  "GET /v1/stock": {
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
      readonly sku?: string | undefined;
      readonly warehouse?: string | undefined;
      readonly as_of?: string | undefined;
      readonly low?: "true" | "false" | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly sku: string;
        readonly warehouse: string;
        readonly on_hand: string;
        readonly reserved: string;
        readonly unavailable: string;
        readonly available: string;
        readonly incoming: string | null;
        readonly in_transit: string;
        readonly average_cost: string | null;
        readonly version: number;
        readonly updated_at: string | null;
        readonly position?: string | undefined;
        readonly reorder_at?: string | undefined;
        readonly shortfall?: string | undefined;
        readonly method?: string | undefined;
      }[];
      readonly next_cursor: string | null;
      readonly as_of: string;
      readonly age_seconds: number;
    };
    problem: "code_format" | "cursor_invalid" | "database_silent" | "database_unavailable" | "date_format" | "date_future" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "not_together" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Read an item's stock at all warehouses. */
  "GET /v1/stock/{sku}": {
    path: {
      readonly sku: string;
    };
    query?: {
      readonly as_of?: string | undefined;
    };
    answer: {
      readonly sku: string;
      readonly warehouses: readonly {
        readonly warehouse: string;
        readonly on_hand: string;
        readonly reserved: string;
        readonly unavailable: string;
        readonly available: string;
        readonly incoming: string | null;
        readonly in_transit: string;
        readonly average_cost: string | null;
        readonly version: number;
        readonly updated_at: string | null;
      }[];
      readonly totals: {
        readonly on_hand: string;
        readonly reserved: string;
        readonly unavailable: string;
        readonly available: string;
        readonly incoming: string | null;
        readonly in_transit: string;
      };
      readonly as_of: string;
      readonly age_seconds: number;
    };
    problem: "code_format" | "database_silent" | "database_unavailable" | "date_format" | "date_future" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "not_together" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Read what an item's stock is worth. */
  "GET /v1/stock/{sku}/valuation": {
    path: {
      readonly sku: string;
    };
    query?: {
      readonly method?: "moving_average" | "fifo" | undefined;
    };
    answer: {
      readonly sku: string;
      readonly method: "moving_average" | "fifo";
      readonly currency: string | null;
      readonly warehouses: readonly {
        readonly warehouse: string;
        readonly quantity: string;
        readonly value: string;
        readonly in_transit: {
          readonly quantity: string;
          readonly value: string;
        };
        readonly unit_cost: string | null;
        readonly as_of: string | null;
        readonly valued_version: number;
        readonly version: number;
        readonly current: boolean;
      }[];
      readonly totals: {
        readonly quantity: string;
        readonly value: string;
        readonly in_transit: {
          readonly quantity: string;
          readonly value: string;
        };
      };
      readonly current: boolean;
    };
    problem: "code_format" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Read a stock level. */
  "GET /v1/stock/{sku}/{warehouse}": {
    path: {
      readonly sku: string;
      readonly warehouse: string;
    };
    query?: {
      readonly as_of?: string | undefined;
      readonly min_version?: number | undefined;
    };
    answer: {
      readonly sku: string;
      readonly warehouse: string;
      readonly on_hand: string;
      readonly reserved: string;
      readonly unavailable: string;
      readonly available: string;
      readonly incoming: string | null;
      readonly in_transit: string;
      readonly average_cost: string | null;
      readonly version: number;
      readonly updated_at: string | null;
      readonly as_of?: string | undefined;
    };
    problem: "code_format" | "database_silent" | "database_unavailable" | "date_format" | "date_future" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "not_together" | "not_yet" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** List the lots of a level, the first to expire first. */
  "GET /v1/stock/{sku}/{warehouse}/lots": {
    path: {
      readonly sku: string;
      readonly warehouse: string;
    };
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
      readonly expiring_before?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly lot: string;
        readonly sku: string;
        readonly warehouse: string;
        readonly expires_on: string | null;
        readonly on_hand: string;
        readonly reserved: string;
        readonly unavailable: string;
        readonly available: string;
        readonly in_transit: string;
        readonly updated_at: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "code_format" | "cursor_invalid" | "database_silent" | "database_unavailable" | "date_format" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** List a level's ledger, newest first. */
  "GET /v1/stock/{sku}/{warehouse}/movements": {
    path: {
      readonly sku: string;
      readonly warehouse: string;
    };
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly movement_id: string;
        readonly type: string;
        readonly quantity: string;
        readonly balance_after: string;
        readonly reserved_change?: string | undefined;
        readonly reserved_after?: string | undefined;
        readonly unavailable_change?: string | undefined;
        readonly unavailable_after?: string | undefined;
        readonly in_transit_change?: string | undefined;
        readonly in_transit_after?: string | undefined;
        readonly lot?: string | undefined;
        readonly lot_balance_after?: string | undefined;
        readonly target_id?: string | undefined;
        readonly version: number;
        readonly unit_cost: string | null;
        readonly currency: string | null;
        readonly counterpart_warehouse: string | null;
        readonly reason: string | null;
        readonly reference: {
          readonly type: string | null;
          readonly id: string | null;
        } | null;
        readonly source: string;
        readonly actor: string;
        readonly occurred_at: string;
        readonly recorded_at: string;
        readonly hash: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "code_format" | "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Read what a stock level is worth. */
  "GET /v1/stock/{sku}/{warehouse}/valuation": {
    path: {
      readonly sku: string;
      readonly warehouse: string;
    };
    query?: {
      readonly method?: "moving_average" | "fifo" | undefined;
    };
    answer: {
      readonly warehouse: string;
      readonly quantity: string;
      readonly value: string;
      readonly in_transit: {
        readonly quantity: string;
        readonly value: string;
      };
      readonly unit_cost: string | null;
      readonly as_of: string | null;
      readonly valued_version: number;
      readonly version: number;
      readonly current: boolean;
      readonly sku: string;
      readonly method: "moving_average" | "fifo";
      readonly currency: string | null;
      readonly layers?: readonly {
        readonly quantity: string;
        readonly unit_cost: string;
        readonly value: string;
        readonly since: string;
      }[] | undefined;
      readonly layer_count?: number | undefined;
    };
    problem: "code_format" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** List suppliers. */
  "GET /v1/suppliers": {
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
      readonly code?: string | undefined;
      readonly q?: string | undefined;
      readonly email?: string | undefined;
      readonly phone?: string | undefined;
      readonly status?: "active" | "archived" | "all" | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly code: string;
        readonly name: string;
        readonly contact_name: string | null;
        readonly email: string | null;
        readonly phone: string | null;
        readonly address: string | null;
        readonly city: string | null;
        readonly country: string | null;
        readonly currency: string | null;
        readonly lead_time_days: number | null;
        readonly working_days: (readonly ("sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat")[]) | null;
        readonly holidays: readonly string[];
        readonly status: string;
        readonly version: number;
        readonly created_at: string;
        readonly updated_at: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "code_format" | "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "personal_data_locked" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Read a supplier. */
  "GET /v1/suppliers/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly code: string;
      readonly name: string;
      readonly contact_name: string | null;
      readonly email: string | null;
      readonly phone: string | null;
      readonly address: string | null;
      readonly city: string | null;
      readonly country: string | null;
      readonly currency: string | null;
      readonly lead_time_days: number | null;
      readonly working_days: (readonly ("sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat")[]) | null;
      readonly holidays: readonly string[];
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "personal_data_locked" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** List supplier items. */
  "GET /v1/suppliers/{id}/items": {
    path: {
      readonly id: string;
    };
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
      readonly sku?: string | undefined;
      readonly status?: "active" | "archived" | "all" | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly supplier: string;
        readonly item_id: string;
        readonly sku: string;
        readonly supplier_sku: string | null;
        readonly unit_cost: string | null;
        readonly currency: string | null;
        readonly moq: string;
        readonly pack_size: string;
        readonly order_multiple: string | null;
        readonly order_maximum: string | null;
        readonly price_breaks: readonly {
          readonly quantity: string;
          readonly unit_cost: string;
        }[];
        readonly lead_time_days: number | null;
        readonly preferred: boolean;
        readonly status: string;
        readonly version: number;
        readonly created_at: string;
        readonly updated_at: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "code_format" | "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Read a supplier item. */
  "GET /v1/suppliers/{id}/items/{item}": {
    path: {
      readonly id: string;
      readonly item: string;
    };
    answer: {
      readonly id: string;
      readonly supplier: string;
      readonly item_id: string;
      readonly sku: string;
      readonly supplier_sku: string | null;
      readonly unit_cost: string | null;
      readonly currency: string | null;
      readonly moq: string;
      readonly pack_size: string;
      readonly order_multiple: string | null;
      readonly order_maximum: string | null;
      readonly price_breaks: readonly {
        readonly quantity: string;
        readonly unit_cost: string;
      }[];
      readonly lead_time_days: number | null;
      readonly preferred: boolean;
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** List transfers in transit, a line a lot. */
  "GET /v1/transits": {
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
      readonly sku?: string | undefined;
      readonly from_warehouse?: string | undefined;
      readonly to_warehouse?: string | undefined;
      readonly status?: "open" | "all" | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly line: number;
        readonly sku: string;
        readonly from_warehouse: string | null;
        readonly to_warehouse: string | null;
        readonly lot: string | null;
        readonly quantity: string;
        readonly open: string;
        readonly arrived: string;
        readonly lost: string;
        readonly shipped_at: string;
        readonly updated_at: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "code_format" | "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** List users. */
  "GET /v1/users": {
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
      readonly status?: "active" | "disabled" | undefined;
      readonly email?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly email: string;
        readonly name: string;
        readonly roles: readonly string[];
        readonly warehouses: (readonly string[]) | null;
        readonly status: string;
        readonly version: number;
        readonly last_signed_in_at: string | null;
        readonly created_at: string;
        readonly updated_at: string;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "cursor_invalid" | "database_silent" | "database_unavailable" | "email_format" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "nul_char" | "personal_data_locked" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Read a user. */
  "GET /v1/users/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly email: string;
      readonly name: string;
      readonly roles: readonly string[];
      readonly warehouses: (readonly string[]) | null;
      readonly status: string;
      readonly version: number;
      readonly last_signed_in_at: string | null;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "id_format" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "personal_data_locked" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** List warehouses, or those that can fulfil, nearest first. */
  "GET /v1/warehouses": {
    query?: {
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
      readonly code?: string | undefined;
      readonly q?: string | undefined;
      readonly near?: string | undefined;
      readonly sku?: string | undefined;
      readonly quantity?: string | number | undefined;
      readonly status?: "active" | "archived" | "all" | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly code: string;
        readonly name: string;
        readonly address: string | null;
        readonly latitude: number | null;
        readonly longitude: number | null;
        readonly time_zone: string;
        readonly allow_negative: boolean;
        readonly status: string;
        readonly version: number;
        readonly created_at: string;
        readonly updated_at: string;
        readonly distance_m?: number | undefined;
        readonly available?: string | undefined;
      }[];
      readonly next_cursor: string | null;
    };
    problem: "code_format" | "cursor_invalid" | "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "negative" | "not_a_point" | "not_allowed" | "nul_char" | "out_of_range" | "quantity_format" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unknown_sku" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Read a warehouse. */
  "GET /v1/warehouses/{id}": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly code: string;
      readonly name: string;
      readonly address: string | null;
      readonly latitude: number | null;
      readonly longitude: number | null;
      readonly time_zone: string;
      readonly allow_negative: boolean;
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
      readonly distance_m?: number | undefined;
      readonly available?: string | undefined;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** List webhooks. */
  "GET /v1/webhooks": {
    answer: {
      readonly data: readonly {
        readonly name: string;
        readonly url: string;
        readonly types: readonly string[];
        readonly warehouses: readonly string[];
        readonly skus: readonly string[];
        readonly status: "active" | "disabled";
        readonly disabled_reason: string | null;
        readonly version: number;
        readonly created_by: string;
        readonly created_at: string;
        readonly updated_at: string;
      }[];
      readonly next_cursor: null;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "issuer_unavailable" | "nul_char" | "rate_limited" | "token_invalid" | "token_malformed" | "token_missing" | "unknown_field";
  };
  /** Read a webhook. */
  "GET /v1/webhooks/{name}": {
    path: {
      readonly name: string;
    };
    answer: {
      readonly name: string;
      readonly url: string;
      readonly types: readonly string[];
      readonly warehouses: readonly string[];
      readonly skus: readonly string[];
      readonly status: "active" | "disabled";
      readonly disabled_reason: string | null;
      readonly version: number;
      readonly created_by: string;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "database_silent" | "database_unavailable" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "not_allowed" | "not_found" | "nul_char" | "rate_limited" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Change an item. */
  "PATCH /v1/items/{id}": {
    path: {
      readonly id: string;
    };
    body?: {
      readonly sku?: string | undefined;
      readonly name?: string | undefined;
      readonly description?: string | null | undefined;
      readonly unit?: string | undefined;
      readonly category?: string | null | undefined;
      readonly barcode?: string | null | undefined;
      readonly cost?: (string | number) | null | undefined;
      readonly price?: (string | number) | null | undefined;
      readonly currency?: string | null | undefined;
      readonly tracking?: "none" | "lot" | "serial" | undefined;
      readonly units?: { readonly [name: string]: string | number } | undefined;
      readonly status?: "active" | "discontinued" | undefined;
    };
    answer: {
      readonly id: string;
      readonly sku: string;
      readonly name: string;
      readonly description: string | null;
      readonly unit: string;
      readonly category: string | null;
      readonly barcode: string | null;
      readonly cost: string | null;
      readonly price: string | null;
      readonly currency: string | null;
      readonly tracking: "none" | "lot" | "serial";
      readonly units: { readonly [name: string]: string };
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "already_exists" | "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "currency_in_use" | "database_silent" | "database_unavailable" | "duplicate_key" | "duplicate_unit" | "forbidden" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "negative" | "not_allowed" | "not_found" | "not_positive" | "nul_char" | "number_unsafe" | "out_of_range" | "quantity_format" | "rate_limited" | "request_timeout" | "required" | "sku_confusable" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "tracking_in_use" | "unit_in_use" | "unit_is_stock_unit" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Change a draft. */
  "PATCH /v1/purchase-orders/{id}": {
    path: {
      readonly id: string;
    };
    body?: {
      readonly lines?: readonly {
        readonly sku: string;
        readonly quantity: string | number;
        readonly unit_cost?: string | number | undefined;
      }[] | undefined;
      readonly currency?: string | null | undefined;
      readonly expected_on?: string | null | undefined;
      readonly note?: string | null | undefined;
    };
    answer: {
      readonly id: string;
      readonly number: string;
      readonly status: "draft" | "approved" | "sent" | "partially_received" | "received" | "cancelled";
      readonly supplier: string;
      readonly warehouse: string;
      readonly currency: string | null;
      readonly expected_on: string | null;
      readonly late: boolean;
      readonly days_late: number;
      readonly note: string | null;
      readonly line_count: number;
      readonly total_cost: string | null;
      readonly created_by: string;
      readonly generated_by_run: string | null;
      readonly approved_by: string | null;
      readonly approved_at: string | null;
      readonly sent_at: string | null;
      readonly received_at: string | null;
      readonly cancelled_at: string | null;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
      readonly lines: readonly {
        readonly id: string;
        readonly line: number;
        readonly sku: string;
        readonly name: string;
        readonly quantity: string;
        readonly received_quantity: string;
        readonly open_quantity: string;
        readonly unit_cost: string | null;
        readonly explanation: { readonly [name: string]: unknown } | null;
      }[];
    };
    problem: "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "currency_mismatch" | "database_silent" | "database_unavailable" | "date_format" | "duplicate_key" | "duplicate_line" | "forbidden" | "id_format" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "item_archived" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "negative" | "not_allowed" | "not_found" | "not_positive" | "nul_char" | "number_unsafe" | "out_of_range" | "quantity_format" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_many_lines" | "too_small" | "unknown_field" | "unknown_sku" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_state" | "wrong_type";
  };
  /** Change a reorder policy. */
  "PATCH /v1/reorder-policies/{id}": {
    path: {
      readonly id: string;
    };
    body?: {
      readonly method?: "min_max" | "reorder_point" | "periodic_review" | "days_of_cover" | "auto" | undefined;
      readonly reorder_point?: (string | number) | null | undefined;
      readonly reorder_quantity?: (string | number) | null | undefined;
      readonly min?: (string | number) | null | undefined;
      readonly max?: (string | number) | null | undefined;
      readonly safety_stock?: (string | number) | null | undefined;
      readonly service_level?: (string | number) | null | undefined;
      readonly review_days?: number | null | undefined;
      readonly recovery_margin?: (string | number) | null | undefined;
      readonly status?: "active" | undefined;
    };
    answer: {
      readonly id: string;
      readonly sku: string;
      readonly warehouse: string;
      readonly method: "min_max" | "reorder_point" | "periodic_review" | "days_of_cover" | "auto";
      readonly reorder_point: string | null;
      readonly reorder_quantity: string | null;
      readonly min: string | null;
      readonly max: string | null;
      readonly safety_stock: string | null;
      readonly service_level: string | null;
      readonly review_days: number | null;
      readonly recovery_margin: string | null;
      readonly reorder_at: string | null;
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "already_exists" | "bad_unicode" | "below_min" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "negative" | "not_allowed" | "not_found" | "not_positive" | "nul_char" | "number_unsafe" | "out_of_range" | "quantity_format" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Change, pause or resume a report schedule. */
  "PATCH /v1/report-schedules/{id}": {
    path: {
      readonly id: string;
    };
    body?: {
      readonly name?: string | undefined;
      readonly report?: "current_inventory" | "stock_valuation" | "movement_history" | "low_stock" | "pending_orders" | "inventory_turnover" | "abc_analysis" | "stock_ageing" | "supplier_performance" | "stock_as_of" | undefined;
      readonly format?: "csv" | "csv.gz" | "xlsx" | "parquet" | "jsonl" | undefined;
      readonly parameters?: {
        readonly warehouse?: string | undefined;
        readonly sku_prefix?: string | undefined;
        readonly fresh?: boolean | undefined;
        readonly from?: string | undefined;
        readonly to?: string | undefined;
        readonly as_of?: string | undefined;
      } | undefined;
      readonly cron?: string | undefined;
      readonly time_zone?: string | undefined;
      readonly status?: "active" | "paused" | undefined;
      readonly catch_up?: "all" | "latest" | "none" | undefined;
      readonly period?: ("previous_day" | "previous_week" | "previous_month") | null | undefined;
      readonly incremental?: "day" | null | undefined;
      readonly first_day?: string | null | undefined;
      readonly delivery?: {
        readonly prefix?: string | undefined;
        readonly webhook?: {
          readonly url: string;
        } | null | undefined;
      } | undefined;
    };
    answer: {
      readonly id: string;
      readonly name: string;
      readonly report: string;
      readonly format: string;
      readonly parameters: { readonly [name: string]: unknown };
      readonly cron: string;
      readonly time_zone: string;
      readonly status: "active" | "paused" | "archived";
      readonly catch_up: "all" | "latest" | "none";
      readonly period: string | null;
      readonly incremental: string | null;
      readonly first_day: string | null;
      readonly delivery: {
        readonly prefix: string;
        readonly webhook: {
          readonly url: string;
        } | null;
      };
      readonly warehouses: (readonly string[]) | null;
      readonly next_run_at: string | null;
      readonly created_by: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
      readonly webhook_secret: string | null;
    };
    problem: "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "cron_format" | "database_silent" | "database_unavailable" | "date_format" | "duplicate_key" | "forbidden" | "id_format" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unknown_time_zone" | "unsupported_encoding" | "unsupported_media_type" | "url_refused" | "validation_failed" | "webhooks_off" | "wrong_format" | "wrong_type";
  };
  /** Change a service client. */
  "PATCH /v1/service-clients/{id}": {
    path: {
      readonly id: string;
    };
    body?: {
      readonly name?: string | undefined;
      readonly scopes?: readonly ("read" | "catalogue:write" | "movements:write" | "imports:movements" | "imports:catalogue" | "purchasing:write" | "reports:run" | "jobs:run" | "sinks:manage" | "sources:manage" | "ledger:verify" | "periods:close" | "lanes:manage" | "users:manage" | "audit:read" | "privacy:manage")[] | undefined;
      readonly warehouses?: (readonly string[]) | null | undefined;
      readonly status?: "active" | "disabled" | undefined;
    };
    answer: {
      readonly id: string;
      readonly name: string;
      readonly scopes: readonly string[];
      readonly warehouses: (readonly string[]) | null;
      readonly status: string;
      readonly version: number;
      readonly secret_changed_at: string;
      readonly last_used_at: string | null;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "name_taken" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Change a supplier. */
  "PATCH /v1/suppliers/{id}": {
    path: {
      readonly id: string;
    };
    body?: {
      readonly code?: string | undefined;
      readonly name?: string | undefined;
      readonly contact_name?: string | null | undefined;
      readonly email?: string | null | undefined;
      readonly phone?: string | null | undefined;
      readonly address?: string | null | undefined;
      readonly city?: string | null | undefined;
      readonly country?: string | null | undefined;
      readonly currency?: string | null | undefined;
      readonly lead_time_days?: number | null | undefined;
      readonly working_days?: (readonly ("sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat")[]) | null | undefined;
      readonly holidays?: readonly string[] | undefined;
      readonly status?: "active" | undefined;
    };
    answer: {
      readonly id: string;
      readonly code: string;
      readonly name: string;
      readonly contact_name: string | null;
      readonly email: string | null;
      readonly phone: string | null;
      readonly address: string | null;
      readonly city: string | null;
      readonly country: string | null;
      readonly currency: string | null;
      readonly lead_time_days: number | null;
      readonly working_days: (readonly ("sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat")[]) | null;
      readonly holidays: readonly string[];
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "already_exists" | "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "date_format" | "duplicate_key" | "forbidden" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "personal_data_locked" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Change a supplier item. */
  "PATCH /v1/suppliers/{id}/items/{item}": {
    path: {
      readonly id: string;
      readonly item: string;
    };
    body?: {
      readonly supplier_sku?: string | null | undefined;
      readonly unit_cost?: (string | number) | null | undefined;
      readonly currency?: string | null | undefined;
      readonly moq?: string | number | undefined;
      readonly pack_size?: string | number | undefined;
      readonly order_multiple?: (string | number) | null | undefined;
      readonly order_maximum?: (string | number) | null | undefined;
      readonly price_breaks?: readonly {
        readonly quantity: string | number;
        readonly unit_cost: string | number;
      }[] | undefined;
      readonly lead_time_days?: number | null | undefined;
      readonly preferred?: boolean | undefined;
      readonly status?: "active" | undefined;
    };
    answer: {
      readonly id: string;
      readonly supplier: string;
      readonly item_id: string;
      readonly sku: string;
      readonly supplier_sku: string | null;
      readonly unit_cost: string | null;
      readonly currency: string | null;
      readonly moq: string;
      readonly pack_size: string;
      readonly order_multiple: string | null;
      readonly order_maximum: string | null;
      readonly price_breaks: readonly {
        readonly quantity: string;
        readonly unit_cost: string;
      }[];
      readonly lead_time_days: number | null;
      readonly preferred: boolean;
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "negative" | "not_allowed" | "not_ascending" | "not_found" | "not_positive" | "nul_char" | "number_unsafe" | "out_of_range" | "quantity_format" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Change a user. */
  "PATCH /v1/users/{id}": {
    path: {
      readonly id: string;
    };
    body?: {
      readonly email?: string | undefined;
      readonly name?: string | undefined;
      readonly roles?: readonly ("viewer" | "operator" | "buyer" | "analyst" | "admin")[] | undefined;
      readonly warehouses?: (readonly string[]) | null | undefined;
      readonly status?: "active" | "disabled" | undefined;
    };
    answer: {
      readonly id: string;
      readonly email: string;
      readonly name: string;
      readonly roles: readonly string[];
      readonly warehouses: (readonly string[]) | null;
      readonly status: string;
      readonly version: number;
      readonly last_signed_in_at: string | null;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "email_format" | "email_taken" | "forbidden" | "id_format" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "last_admin" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "password_weak" | "personal_data_locked" | "rate_limited" | "request_timeout" | "required" | "sign_in_busy" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Change a warehouse. */
  "PATCH /v1/warehouses/{id}": {
    path: {
      readonly id: string;
    };
    body?: {
      readonly code?: string | undefined;
      readonly name?: string | undefined;
      readonly address?: string | null | undefined;
      readonly latitude?: (number | string) | null | undefined;
      readonly longitude?: (number | string) | null | undefined;
      readonly time_zone?: string | undefined;
      readonly allow_negative?: boolean | undefined;
      readonly status?: "active" | undefined;
    };
    answer: {
      readonly id: string;
      readonly code: string;
      readonly name: string;
      readonly address: string | null;
      readonly latitude: number | null;
      readonly longitude: number | null;
      readonly time_zone: string;
      readonly allow_negative: boolean;
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
      readonly distance_m?: number | undefined;
      readonly available?: string | undefined;
    };
    problem: "already_exists" | "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "out_of_range" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unknown_time_zone" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Change a webhook, disable it or make it active again. */
  "PATCH /v1/webhooks/{name}": {
    path: {
      readonly name: string;
    };
    body?: {
      readonly url?: string | undefined;
      readonly types?: readonly string[] | undefined;
      readonly warehouses?: readonly string[] | undefined;
      readonly skus?: readonly string[] | undefined;
      readonly status?: "active" | "disabled" | undefined;
    };
    answer: {
      readonly name: string;
      readonly url: string;
      readonly types: readonly string[];
      readonly warehouses: readonly string[];
      readonly skus: readonly string[];
      readonly status: "active" | "disabled";
      readonly disabled_reason: string | null;
      readonly version: number;
      readonly created_by: string;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "personal_data_locked" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "url_refused" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Sign in. */
  "POST /v1/auth/login": {
    body: {
      readonly email: string;
      readonly password: string;
    };
    answer: {
      readonly access_token: string;
      readonly token_type: "Bearer";
      readonly expires_in: number;
      readonly refresh_token: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "credentials_invalid" | "database_silent" | "database_unavailable" | "duplicate_key" | "email_format" | "external_issuer" | "internal_error" | "invalid" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "nul_char" | "number_unsafe" | "personal_data_locked" | "rate_limited" | "request_timeout" | "required" | "sign_in_busy" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Sign out. */
  "POST /v1/auth/logout": {
    body?: {
      readonly refresh_token?: string | undefined;
    };
    answer: undefined;
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "internal_error" | "invalid" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "no_session" | "not_allowed" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Change one's own password. */
  "POST /v1/auth/password": {
    body: {
      readonly current_password: string;
      readonly password: string;
    };
    answer: undefined;
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "credentials_invalid" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "nul_char" | "number_unsafe" | "password_weak" | "rate_limited" | "request_timeout" | "required" | "sign_in_busy" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Exchange a refresh token for new tokens. */
  "POST /v1/auth/refresh": {
    body: {
      readonly refresh_token: string;
    };
    answer: {
      readonly access_token: string;
      readonly token_type: "Bearer";
      readonly expires_in: number;
      readonly refresh_token: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "external_issuer" | "internal_error" | "invalid" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "nul_char" | "number_unsafe" | "rate_limited" | "refresh_token_invalid" | "refresh_token_reused" | "request_timeout" | "required" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Get an access token for a service client. */
  "POST /v1/auth/token": {
    answer: {
      readonly access_token: string;
      readonly token_type: "Bearer";
      readonly expires_in: number;
      readonly scope: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "external_issuer" | "internal_error" | "invalid" | "invalid_client" | "invalid_scope" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "sign_in_busy" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Give a dead letter up. */
  "POST /v1/dead-letters/{id}/discard": {
    path: {
      readonly id: string;
    };
    body: {
      readonly reason: string;
    };
    answer: {
      readonly id: string;
      readonly status: "discarded";
    };
    problem: "already_resolved" | "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Take a dead letter in, as it came or mended. */
  "POST /v1/dead-letters/{id}/replay": {
    path: {
      readonly id: string;
    };
    body?: {
      readonly event?: { readonly [name: string]: unknown } | undefined;
    };
    answer: {
      readonly id: string;
      readonly status: "replayed";
      readonly movement_id: string;
      readonly repeat: boolean;
      readonly status_url: string;
    };
    problem: "already_resolved" | "backlog_full" | "bad_unicode" | "body_too_large" | "commit_unknown" | "currency_mismatch" | "customer_base_unavailable" | "customer_closed" | "database_silent" | "database_unavailable" | "date_format" | "date_future" | "date_past" | "duplicate_id" | "duplicate_key" | "forbidden" | "id_format" | "id_reused" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "item_archived" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "lot_not_tracked" | "not_allowed" | "not_an_event" | "not_found" | "not_json" | "nul_char" | "number_unsafe" | "out_of_range" | "period_closed" | "personal_data_locked" | "quantity_format" | "quantity_sign" | "rate_limited" | "request_timeout" | "required" | "same_warehouse" | "serial_quantity" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unit_inexact" | "unknown_customer" | "unknown_field" | "unknown_sku" | "unknown_unit" | "unknown_warehouse" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "warehouse_archived" | "wrong_format" | "wrong_type";
  };
  /** Import a CSV or XLSX file. */
  "POST /v1/imports": {
    query?: {
      readonly kind?: "items" | "suppliers" | "warehouses" | "supplier_items" | "reorder_policies" | "movements" | "counts" | "purchase_orders" | undefined;
      readonly mode?: string | undefined;
      readonly format?: string | undefined;
      readonly mapping?: string | undefined;
      readonly on_error?: string | undefined;
      readonly force?: string | undefined;
      readonly stop_after_errors?: string | undefined;
    };
    answer: {
      readonly id: string;
      readonly kind: "items" | "suppliers" | "warehouses" | "supplier_items" | "reorder_policies" | "movements" | "counts" | "purchase_orders";
      readonly mode: "commit" | "dry_run";
      readonly status: "uploaded" | "reading" | "checking" | "applying" | "completed" | "completed_with_errors" | "failed" | "cancelled";
      readonly rows_total: number;
      readonly rows_read: number;
      readonly rows_valid: number;
      readonly rows_invalid: number;
      readonly rows_applied: number;
      readonly rows_rejected: number;
      readonly rows_skipped: number;
      readonly bytes_read: number;
      readonly bytes_total: number;
      readonly progress: {
        readonly phase: "waiting" | "fetching" | "reading" | "rereading" | "checking" | "foreseeing" | "applying" | "ended";
        readonly done: number;
        readonly total: number;
        readonly unit: "rows" | "bytes";
        readonly percent: number | null;
        readonly rows_per_second: number | null;
        readonly bytes_per_second: number | null;
        readonly seconds_left: number | null;
      };
      readonly on_error: "skip" | "abort";
      readonly format: ("csv" | "csv.gz" | "xlsx") | null;
      readonly file_name: string;
      readonly source: string | null;
      readonly stop_after_errors: number | null;
      readonly created_by: string;
      readonly created_at: string;
      readonly started_at: string | null;
      readonly finished_at: string | null;
      readonly error: {
        readonly code: string;
        readonly detail: string;
      } | null;
      readonly detected: { readonly [name: string]: unknown };
      readonly questions: readonly {
        readonly column: string;
        readonly field: string;
        readonly code: "number_ambiguous" | "date_ambiguous";
        readonly rows: number;
        readonly examples: readonly string[];
        readonly choices: readonly {
          readonly value: string;
          readonly reads: { readonly [name: string]: string };
        }[];
        readonly set: string;
      }[];
      readonly preview: { readonly [name: string]: unknown } | null;
      readonly changed_since_preview: { readonly [name: string]: unknown } | null;
      readonly errors_url: string;
      readonly errors_by_code: (readonly {
        readonly code: string;
        readonly rows: number;
      }[]) | null;
      readonly errors_sample: readonly {
        readonly row: number;
        readonly column: string;
        readonly code: string;
        readonly detail: string;
        readonly value: string;
      }[];
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_import" | "duplicate_key" | "file_empty" | "file_too_large" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "mapping_format" | "multipart_malformed" | "not_allowed" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "source_missing" | "source_refused" | "stopping" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_content" | "unsupported_encoding" | "unsupported_media_type" | "upload_too_slow" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Begin to send a file straight to object storage. */
  "POST /v1/imports/uploads": {
    body: {
      readonly file_name: string;
      readonly bytes: number;
      readonly sha256?: string | undefined;
      readonly kind?: "items" | "suppliers" | "warehouses" | "supplier_items" | "reorder_policies" | "movements" | "counts" | "purchase_orders" | undefined;
      readonly force?: boolean | undefined;
    };
    answer: {
      readonly id: string;
      readonly file_name: string;
      readonly bytes: number;
      readonly part_bytes: number;
      readonly parts_total: number;
      readonly parts: readonly {
        readonly number: number;
        readonly bytes: number;
        readonly url: string;
      }[];
      readonly next_part: number | null;
      readonly links_expire_at: string;
      readonly expires_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_import" | "duplicate_key" | "file_empty" | "file_too_large" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "mapping_format" | "multipart_malformed" | "not_allowed" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "stopping" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_content" | "unsupported_encoding" | "unsupported_media_type" | "upload_too_slow" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Import the file whose parts were sent. */
  "POST /v1/imports/uploads/{id}/complete": {
    path: {
      readonly id: string;
    };
    body: {
      readonly kind: "items" | "suppliers" | "warehouses" | "supplier_items" | "reorder_policies" | "movements" | "counts" | "purchase_orders";
      readonly mode?: "commit" | "dry_run" | undefined;
      readonly format?: "csv" | "csv.gz" | "xlsx" | undefined;
      readonly mapping?: {
        readonly columns?: { readonly [name: string]: string } | undefined;
        readonly defaults?: { readonly [name: string]: string | number | boolean } | undefined;
        readonly values?: { readonly [name: string]: { readonly [name: string]: string | number | boolean } } | undefined;
        readonly options?: {
          readonly delimiter?: string | undefined;
          readonly header_row?: number | undefined;
          readonly encoding?: string | undefined;
          readonly sheet?: string | number | undefined;
          readonly locale?: string | undefined;
          readonly decimal?: "." | "," | undefined;
          readonly date_format?: string | undefined;
          readonly empty_cells?: "keep" | "clear" | undefined;
          readonly time_zone?: string | undefined;
        } | undefined;
        readonly formats?: { readonly [name: string]: {
          readonly decimal?: "." | "," | undefined;
          readonly date_format?: string | undefined;
        } } | undefined;
      } | undefined;
      readonly on_error?: "skip" | "abort" | undefined;
      readonly force?: boolean | undefined;
      readonly stop_after_errors?: number | undefined;
      readonly parts: readonly {
        readonly number: number;
        readonly etag: string;
      }[];
    };
    answer: {
      readonly id: string;
      readonly kind: "items" | "suppliers" | "warehouses" | "supplier_items" | "reorder_policies" | "movements" | "counts" | "purchase_orders";
      readonly mode: "commit" | "dry_run";
      readonly status: "uploaded" | "reading" | "checking" | "applying" | "completed" | "completed_with_errors" | "failed" | "cancelled";
      readonly rows_total: number;
      readonly rows_read: number;
      readonly rows_valid: number;
      readonly rows_invalid: number;
      readonly rows_applied: number;
      readonly rows_rejected: number;
      readonly rows_skipped: number;
      readonly bytes_read: number;
      readonly bytes_total: number;
      readonly progress: {
        readonly phase: "waiting" | "fetching" | "reading" | "rereading" | "checking" | "foreseeing" | "applying" | "ended";
        readonly done: number;
        readonly total: number;
        readonly unit: "rows" | "bytes";
        readonly percent: number | null;
        readonly rows_per_second: number | null;
        readonly bytes_per_second: number | null;
        readonly seconds_left: number | null;
      };
      readonly on_error: "skip" | "abort";
      readonly format: ("csv" | "csv.gz" | "xlsx") | null;
      readonly file_name: string;
      readonly source: string | null;
      readonly stop_after_errors: number | null;
      readonly created_by: string;
      readonly created_at: string;
      readonly started_at: string | null;
      readonly finished_at: string | null;
      readonly error: {
        readonly code: string;
        readonly detail: string;
      } | null;
      readonly detected: { readonly [name: string]: unknown };
      readonly questions: readonly {
        readonly column: string;
        readonly field: string;
        readonly code: "number_ambiguous" | "date_ambiguous";
        readonly rows: number;
        readonly examples: readonly string[];
        readonly choices: readonly {
          readonly value: string;
          readonly reads: { readonly [name: string]: string };
        }[];
        readonly set: string;
      }[];
      readonly preview: { readonly [name: string]: unknown } | null;
      readonly changed_since_preview: { readonly [name: string]: unknown } | null;
      readonly errors_url: string;
      readonly errors_by_code: (readonly {
        readonly code: string;
        readonly rows: number;
      }[]) | null;
      readonly errors_sample: readonly {
        readonly row: number;
        readonly column: string;
        readonly code: string;
        readonly detail: string;
        readonly value: string;
      }[];
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_import" | "duplicate_key" | "file_empty" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "mapping_format" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "parts_invalid" | "rate_limited" | "request_timeout" | "required" | "sha256_mismatch" | "size_mismatch" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_content" | "unsupported_encoding" | "unsupported_media_type" | "upload_aborted" | "upload_completed" | "upload_completing" | "upload_expired" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Stop an import. */
  "POST /v1/imports/{id}/cancel": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly kind: "items" | "suppliers" | "warehouses" | "supplier_items" | "reorder_policies" | "movements" | "counts" | "purchase_orders";
      readonly mode: "commit" | "dry_run";
      readonly status: "uploaded" | "reading" | "checking" | "applying" | "completed" | "completed_with_errors" | "failed" | "cancelled";
      readonly rows_total: number;
      readonly rows_read: number;
      readonly rows_valid: number;
      readonly rows_invalid: number;
      readonly rows_applied: number;
      readonly rows_rejected: number;
      readonly rows_skipped: number;
      readonly bytes_read: number;
      readonly bytes_total: number;
      readonly progress: {
        readonly phase: "waiting" | "fetching" | "reading" | "rereading" | "checking" | "foreseeing" | "applying" | "ended";
        readonly done: number;
        readonly total: number;
        readonly unit: "rows" | "bytes";
        readonly percent: number | null;
        readonly rows_per_second: number | null;
        readonly bytes_per_second: number | null;
        readonly seconds_left: number | null;
      };
      readonly on_error: "skip" | "abort";
      readonly format: ("csv" | "csv.gz" | "xlsx") | null;
      readonly file_name: string;
      readonly source: string | null;
      readonly stop_after_errors: number | null;
      readonly created_by: string;
      readonly created_at: string;
      readonly started_at: string | null;
      readonly finished_at: string | null;
      readonly error: {
        readonly code: string;
        readonly detail: string;
      } | null;
      readonly detected: { readonly [name: string]: unknown };
      readonly questions: readonly {
        readonly column: string;
        readonly field: string;
        readonly code: "number_ambiguous" | "date_ambiguous";
        readonly rows: number;
        readonly examples: readonly string[];
        readonly choices: readonly {
          readonly value: string;
          readonly reads: { readonly [name: string]: string };
        }[];
        readonly set: string;
      }[];
      readonly preview: { readonly [name: string]: unknown } | null;
      readonly changed_since_preview: { readonly [name: string]: unknown } | null;
      readonly errors_url: string;
      readonly errors_by_code: (readonly {
        readonly code: string;
        readonly rows: number;
      }[]) | null;
      readonly errors_sample: readonly {
        readonly row: number;
        readonly column: string;
        readonly code: string;
        readonly detail: string;
        readonly value: string;
      }[];
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "import_over" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Make a finished dry run the real thing. */
  "POST /v1/imports/{id}/commit": {
    path: {
      readonly id: string;
    };
    body?: {
      readonly if_changed?: "apply" | "stop" | undefined;
    };
    answer: {
      readonly id: string;
      readonly kind: "items" | "suppliers" | "warehouses" | "supplier_items" | "reorder_policies" | "movements" | "counts" | "purchase_orders";
      readonly mode: "commit" | "dry_run";
      readonly status: "uploaded" | "reading" | "checking" | "applying" | "completed" | "completed_with_errors" | "failed" | "cancelled";
      readonly rows_total: number;
      readonly rows_read: number;
      readonly rows_valid: number;
      readonly rows_invalid: number;
      readonly rows_applied: number;
      readonly rows_rejected: number;
      readonly rows_skipped: number;
      readonly bytes_read: number;
      readonly bytes_total: number;
      readonly progress: {
        readonly phase: "waiting" | "fetching" | "reading" | "rereading" | "checking" | "foreseeing" | "applying" | "ended";
        readonly done: number;
        readonly total: number;
        readonly unit: "rows" | "bytes";
        readonly percent: number | null;
        readonly rows_per_second: number | null;
        readonly bytes_per_second: number | null;
        readonly seconds_left: number | null;
      };
      readonly on_error: "skip" | "abort";
      readonly format: ("csv" | "csv.gz" | "xlsx") | null;
      readonly file_name: string;
      readonly source: string | null;
      readonly stop_after_errors: number | null;
      readonly created_by: string;
      readonly created_at: string;
      readonly started_at: string | null;
      readonly finished_at: string | null;
      readonly error: {
        readonly code: string;
        readonly detail: string;
      } | null;
      readonly detected: { readonly [name: string]: unknown };
      readonly questions: readonly {
        readonly column: string;
        readonly field: string;
        readonly code: "number_ambiguous" | "date_ambiguous";
        readonly rows: number;
        readonly examples: readonly string[];
        readonly choices: readonly {
          readonly value: string;
          readonly reads: { readonly [name: string]: string };
        }[];
        readonly set: string;
      }[];
      readonly preview: { readonly [name: string]: unknown } | null;
      readonly changed_since_preview: { readonly [name: string]: unknown } | null;
      readonly errors_url: string;
      readonly errors_by_code: (readonly {
        readonly code: string;
        readonly rows: number;
      }[]) | null;
      readonly errors_sample: readonly {
        readonly row: number;
        readonly column: string;
        readonly code: string;
        readonly detail: string;
        readonly value: string;
      }[];
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "dry_run_not_completed" | "duplicate_import" | "duplicate_key" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_a_dry_run" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "rows_expired" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Create an item. */
  "POST /v1/items": {
    body: {
      readonly sku: string;
      readonly name: string;
      readonly description?: string | null | undefined;
      readonly unit?: string | undefined;
      readonly category?: string | null | undefined;
      readonly barcode?: string | null | undefined;
      readonly cost?: (string | number) | null | undefined;
      readonly price?: (string | number) | null | undefined;
      readonly currency?: string | null | undefined;
      readonly tracking?: "none" | "lot" | "serial" | undefined;
      readonly units?: { readonly [name: string]: string | number } | undefined;
      readonly status?: "active" | "discontinued" | undefined;
    };
    answer: {
      readonly id: string;
      readonly sku: string;
      readonly name: string;
      readonly description: string | null;
      readonly unit: string;
      readonly category: string | null;
      readonly barcode: string | null;
      readonly cost: string | null;
      readonly price: string | null;
      readonly currency: string | null;
      readonly tracking: "none" | "lot" | "serial";
      readonly units: { readonly [name: string]: string };
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "already_exists" | "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "duplicate_unit" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "negative" | "not_allowed" | "not_positive" | "nul_char" | "number_unsafe" | "out_of_range" | "quantity_format" | "rate_limited" | "request_timeout" | "required" | "sku_confusable" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unit_is_stock_unit" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Archive an item. */
  "POST /v1/items/{id}/archive": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly sku: string;
      readonly name: string;
      readonly description: string | null;
      readonly unit: string;
      readonly category: string | null;
      readonly barcode: string | null;
      readonly cost: string | null;
      readonly price: string | null;
      readonly currency: string | null;
      readonly tracking: "none" | "lot" | "serial";
      readonly units: { readonly [name: string]: string };
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "if_match_malformed" | "in_use" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Run a job now. */
  "POST /v1/jobs/{name}/run": {
    path: {
      readonly name: string;
    };
    answer: {
      readonly id: string;
      readonly job: string;
      readonly status: "queued" | "running" | "completed" | "failed" | "skipped";
      readonly trigger: "schedule" | "api" | "cli";
      readonly slot: string | null;
      readonly requested_by: string;
      readonly rows: number | null;
      readonly outcome: { readonly [name: string]: unknown } | null;
      readonly error: string | null;
      readonly attempts: number;
      readonly created_at: string;
      readonly started_at: string | null;
      readonly finished_at: string | null;
      readonly duration_ms: number | null;
      readonly status_url: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "warehouses_limited" | "wrong_format" | "wrong_type";
  };
  /** Let a halted lane go on. */
  "POST /v1/lanes/{id}/resume": {
    path: {
      readonly id: number;
    };
    answer: {
      readonly id: number;
      readonly status: "resumed";
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "lane_not_halted" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Verify the ledger now. */
  "POST /v1/ledger/verify": {
    body?: {
      readonly mode?: "full" | "incremental" | undefined;
    };
    answer: {
      readonly id: string;
      readonly job: string;
      readonly status: "queued" | "running" | "completed" | "failed" | "skipped";
      readonly trigger: "schedule" | "api" | "cli";
      readonly slot: string | null;
      readonly requested_by: string;
      readonly rows: number | null;
      readonly outcome: { readonly [name: string]: unknown } | null;
      readonly error: string | null;
      readonly attempts: number;
      readonly created_at: string;
      readonly started_at: string | null;
      readonly finished_at: string | null;
      readonly duration_ms: number | null;
      readonly status_url: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "warehouses_limited" | "wrong_format" | "wrong_type";
  };
  /** Let processes log more or less for a while. */
  "POST /v1/log-levels": {
    body: {
      readonly process?: "api" | "workers" | "jobs" | undefined;
      readonly level: ("trace" | "debug" | "info" | "warn" | "error" | "fatal") | null;
      readonly minutes?: number | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly process: string;
        readonly level: string | null;
        readonly until: string | null;
        readonly set_by: string | null;
        readonly set_at: string | null;
      }[];
      readonly next_cursor: null;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Accept one movement, or up to 10,000. */
  "POST /v1/movements": {
    body: {
      readonly id?: string | undefined;
      readonly type: "receipt" | "issue" | "transfer" | "adjustment" | "count" | "return" | "supplier_return" | "scrap" | "hold" | "unhold" | "reserve" | "release";
      readonly sku: string;
      readonly warehouse: string;
      readonly to_warehouse?: string | undefined;
      readonly quantity: string | number;
      readonly unit?: string | undefined;
      readonly lot?: string | undefined;
      readonly serial?: string | undefined;
      readonly expires_on?: string | undefined;
      readonly unit_cost?: string | number | undefined;
      readonly currency?: string | undefined;
      readonly in_transit?: boolean | undefined;
      readonly expected_version?: number | undefined;
      readonly counted_version?: number | undefined;
      readonly reservation?: string | undefined;
      readonly expires_at?: string | undefined;
      readonly customer?: string | undefined;
      readonly reason?: string | undefined;
      readonly reference?: {
        readonly type: string;
        readonly id: string;
      } | undefined;
      readonly occurred_at?: string | undefined;
    } | {
      readonly movements: readonly {
        readonly id?: string | undefined;
        readonly type: "receipt" | "issue" | "transfer" | "adjustment" | "count" | "return" | "supplier_return" | "scrap" | "hold" | "unhold" | "reserve" | "release";
        readonly sku: string;
        readonly warehouse: string;
        readonly to_warehouse?: string | undefined;
        readonly quantity: string | number;
        readonly unit?: string | undefined;
        readonly lot?: string | undefined;
        readonly serial?: string | undefined;
        readonly expires_on?: string | undefined;
        readonly unit_cost?: string | number | undefined;
        readonly currency?: string | undefined;
        readonly in_transit?: boolean | undefined;
        readonly expected_version?: number | undefined;
        readonly counted_version?: number | undefined;
        readonly reservation?: string | undefined;
        readonly expires_at?: string | undefined;
        readonly customer?: string | undefined;
        readonly reason?: string | undefined;
        readonly reference?: {
          readonly type: string;
          readonly id: string;
        } | undefined;
        readonly occurred_at?: string | undefined;
      }[];
      readonly atomic?: boolean | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly status: "accepted" | "applied" | "rejected";
        readonly sku?: string | undefined;
        readonly warehouse?: string | undefined;
        readonly balance_after?: string | undefined;
        readonly version?: number | undefined;
        readonly applied_at?: string | undefined;
        readonly rejected_at?: string | undefined;
        readonly code?: string | undefined;
        readonly detail?: string | undefined;
        readonly set_aside?: {
          readonly error: string;
          readonly at: string;
        } | undefined;
      }[];
      readonly status_url: string;
    };
    problem: "backlog_full" | "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "currency_mismatch" | "customer_base_unavailable" | "customer_closed" | "database_silent" | "database_unavailable" | "date_format" | "date_future" | "date_past" | "duplicate_id" | "duplicate_key" | "forbidden" | "group_partly_known" | "id_format" | "id_reused" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "intake_full" | "internal_error" | "invalid" | "issuer_unavailable" | "item_archived" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "lot_not_tracked" | "negative" | "not_allowed" | "not_one_group" | "nul_char" | "number_unsafe" | "out_of_range" | "period_closed" | "personal_data_locked" | "quantity_format" | "quantity_sign" | "rate_limited" | "request_timeout" | "required" | "same_warehouse" | "serial_quantity" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unit_inexact" | "unknown_customer" | "unknown_field" | "unknown_sku" | "unknown_unit" | "unknown_warehouse" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "warehouse_archived" | "wrong_format" | "wrong_type";
  };
  /** Take in what a transfer in transit brought, and name what was lost. */
  "POST /v1/movements/{id}/arrive": {
    path: {
      readonly id: string;
    };
    body: {
      readonly quantity?: string | number | undefined;
      readonly losses?: readonly {
        readonly quantity: string | number;
        readonly reason: string;
      }[] | undefined;
      readonly lot?: string | undefined;
      readonly id?: string | undefined;
      readonly reason?: string | undefined;
      readonly occurred_at?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly status: "accepted" | "applied" | "rejected";
        readonly sku?: string | undefined;
        readonly warehouse?: string | undefined;
        readonly balance_after?: string | undefined;
        readonly version?: number | undefined;
        readonly applied_at?: string | undefined;
        readonly rejected_at?: string | undefined;
        readonly code?: string | undefined;
        readonly detail?: string | undefined;
        readonly set_aside?: {
          readonly error: string;
          readonly at: string;
        } | undefined;
      }[];
      readonly status_url: string;
    };
    problem: "backlog_full" | "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "date_format" | "date_future" | "duplicate_key" | "forbidden" | "group_partly_known" | "id_format" | "id_reused" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "intake_full" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "not_in_transit" | "not_one_group" | "not_positive" | "nul_char" | "number_unsafe" | "out_of_range" | "period_closed" | "quantity_format" | "quantity_sign" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Take a movement back. */
  "POST /v1/movements/{id}/reverse": {
    path: {
      readonly id: string;
    };
    body?: {
      readonly id?: string | undefined;
      readonly reason?: string | undefined;
      readonly occurred_at?: string | undefined;
    };
    answer: {
      readonly data: readonly {
        readonly id: string;
        readonly status: "accepted" | "applied" | "rejected";
        readonly sku?: string | undefined;
        readonly warehouse?: string | undefined;
        readonly balance_after?: string | undefined;
        readonly version?: number | undefined;
        readonly applied_at?: string | undefined;
        readonly rejected_at?: string | undefined;
        readonly code?: string | undefined;
        readonly detail?: string | undefined;
        readonly set_aside?: {
          readonly error: string;
          readonly at: string;
        } | undefined;
      }[];
      readonly status_url: string;
    };
    problem: "backlog_full" | "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "date_format" | "date_future" | "duplicate_key" | "forbidden" | "id_format" | "id_reused" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "intake_full" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_applied" | "not_found" | "nul_char" | "number_unsafe" | "out_of_range" | "period_closed" | "quantity_format" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Close a month for good. */
  "POST /v1/periods/{month}/close": {
    path: {
      readonly month: string;
    };
    answer: {
      readonly month: string;
      readonly status: "closed";
      readonly closed_by: string;
      readonly closed_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "month_format" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "period_not_over" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Take a person's data away. */
  "POST /v1/privacy/erase": {
    body: {
      readonly email?: string | undefined;
      readonly phone?: string | undefined;
      readonly customer?: string | undefined;
    };
    answer: {
      readonly suppliers: number;
      readonly import_rows: number;
      readonly users: number;
      readonly users_left: readonly string[];
      readonly movements: number;
      readonly import_files: readonly {
        readonly import_id: string;
        readonly file_key: string;
        readonly rows: number;
      }[];
      readonly events_from_before: number;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "email_or_phone" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "nul_char" | "number_unsafe" | "personal_data_locked" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Everything that is held of a person. */
  "POST /v1/privacy/export": {
    body: {
      readonly email?: string | undefined;
      readonly phone?: string | undefined;
      readonly customer?: string | undefined;
    };
    answer: {
      readonly suppliers: readonly { readonly [name: string]: unknown }[];
      readonly users: readonly { readonly [name: string]: unknown }[];
      readonly movements: readonly {
        readonly movement_id: string;
        readonly reference: string;
        readonly status: string;
        readonly canonical: string | null;
        readonly segment: string | null;
      }[];
      readonly movements_total: number;
      readonly import_files: readonly {
        readonly import_id: string;
        readonly file_key: string;
        readonly rows: number;
      }[];
      readonly events_from_before: number;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "email_or_phone" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "nul_char" | "number_unsafe" | "personal_data_locked" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Seal personal data with a new key. */
  "POST /v1/privacy/rotate-keys": {
    answer: {
      readonly id: string;
      readonly job: string;
      readonly status: "queued" | "running" | "completed" | "failed" | "skipped";
      readonly trigger: "schedule" | "api" | "cli";
      readonly slot: string | null;
      readonly requested_by: string;
      readonly rows: number | null;
      readonly outcome: { readonly [name: string]: unknown } | null;
      readonly error: string | null;
      readonly attempts: number;
      readonly created_at: string;
      readonly started_at: string | null;
      readonly finished_at: string | null;
      readonly duration_ms: number | null;
      readonly status_url: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "nul_char" | "number_unsafe" | "personal_data_locked" | "rate_limited" | "request_timeout" | "token_invalid" | "token_malformed" | "token_missing" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type";
  };
  /** Create a draft. */
  "POST /v1/purchase-orders": {
    body: {
      readonly supplier: string;
      readonly warehouse: string;
      readonly lines: readonly {
        readonly sku: string;
        readonly quantity: string | number;
        readonly unit_cost?: string | number | undefined;
      }[];
      readonly currency?: string | undefined;
      readonly expected_on?: string | undefined;
      readonly note?: string | undefined;
    };
    answer: {
      readonly id: string;
      readonly number: string;
      readonly status: "draft" | "approved" | "sent" | "partially_received" | "received" | "cancelled";
      readonly supplier: string;
      readonly warehouse: string;
      readonly currency: string | null;
      readonly expected_on: string | null;
      readonly late: boolean;
      readonly days_late: number;
      readonly note: string | null;
      readonly line_count: number;
      readonly total_cost: string | null;
      readonly created_by: string;
      readonly generated_by_run: string | null;
      readonly approved_by: string | null;
      readonly approved_at: string | null;
      readonly sent_at: string | null;
      readonly received_at: string | null;
      readonly cancelled_at: string | null;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
      readonly lines: readonly {
        readonly id: string;
        readonly line: number;
        readonly sku: string;
        readonly name: string;
        readonly quantity: string;
        readonly received_quantity: string;
        readonly open_quantity: string;
        readonly unit_cost: string | null;
        readonly explanation: { readonly [name: string]: unknown } | null;
      }[];
    };
    problem: "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "currency_mismatch" | "database_silent" | "database_unavailable" | "date_format" | "duplicate_key" | "duplicate_line" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "item_archived" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "negative" | "not_allowed" | "not_positive" | "nul_char" | "number_unsafe" | "out_of_range" | "quantity_format" | "rate_limited" | "request_timeout" | "required" | "supplier_archived" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_many_lines" | "too_small" | "unknown_field" | "unknown_sku" | "unknown_supplier" | "unknown_warehouse" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "warehouse_archived" | "wrong_format" | "wrong_type";
  };
  /** Approve a draft. */
  "POST /v1/purchase-orders/{id}/approve": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly number: string;
      readonly status: "draft" | "approved" | "sent" | "partially_received" | "received" | "cancelled";
      readonly supplier: string;
      readonly warehouse: string;
      readonly currency: string | null;
      readonly expected_on: string | null;
      readonly late: boolean;
      readonly days_late: number;
      readonly note: string | null;
      readonly line_count: number;
      readonly total_cost: string | null;
      readonly created_by: string;
      readonly generated_by_run: string | null;
      readonly approved_by: string | null;
      readonly approved_at: string | null;
      readonly sent_at: string | null;
      readonly received_at: string | null;
      readonly cancelled_at: string | null;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
      readonly lines: readonly {
        readonly id: string;
        readonly line: number;
        readonly sku: string;
        readonly name: string;
        readonly quantity: string;
        readonly received_quantity: string;
        readonly open_quantity: string;
        readonly unit_cost: string | null;
        readonly explanation: { readonly [name: string]: unknown } | null;
      }[];
    };
    problem: "approval_limit" | "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_state" | "wrong_type";
  };
  /** Cancel an order; what was received stays received. */
  "POST /v1/purchase-orders/{id}/cancel": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly number: string;
      readonly status: "draft" | "approved" | "sent" | "partially_received" | "received" | "cancelled";
      readonly supplier: string;
      readonly warehouse: string;
      readonly currency: string | null;
      readonly expected_on: string | null;
      readonly late: boolean;
      readonly days_late: number;
      readonly note: string | null;
      readonly line_count: number;
      readonly total_cost: string | null;
      readonly created_by: string;
      readonly generated_by_run: string | null;
      readonly approved_by: string | null;
      readonly approved_at: string | null;
      readonly sent_at: string | null;
      readonly received_at: string | null;
      readonly cancelled_at: string | null;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
      readonly lines: readonly {
        readonly id: string;
        readonly line: number;
        readonly sku: string;
        readonly name: string;
        readonly quantity: string;
        readonly received_quantity: string;
        readonly open_quantity: string;
        readonly unit_cost: string | null;
        readonly explanation: { readonly [name: string]: unknown } | null;
      }[];
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_state" | "wrong_type";
  };
  /** The order as a document to print or send (XLSX). */
  "POST /v1/purchase-orders/{id}/document": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly key: string;
      readonly bytes: number;
      readonly version: number;
      readonly download_url: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "personal_data_locked" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Receive goods of a sent order. */
  "POST /v1/purchase-orders/{id}/receive": {
    path: {
      readonly id: string;
    };
    body: {
      readonly lines: readonly {
        readonly line?: number | string | undefined;
        readonly sku?: string | undefined;
        readonly quantity: string | number;
        readonly unit_cost?: string | number | undefined;
        readonly lot?: string | undefined;
        readonly expires_on?: string | undefined;
      }[];
      readonly reference?: string | undefined;
    };
    answer: {
      readonly id: string;
      readonly number: string;
      readonly status: "draft" | "approved" | "sent" | "partially_received" | "received" | "cancelled";
      readonly supplier: string;
      readonly warehouse: string;
      readonly currency: string | null;
      readonly expected_on: string | null;
      readonly late: boolean;
      readonly days_late: number;
      readonly note: string | null;
      readonly line_count: number;
      readonly total_cost: string | null;
      readonly created_by: string;
      readonly generated_by_run: string | null;
      readonly approved_by: string | null;
      readonly approved_at: string | null;
      readonly sent_at: string | null;
      readonly received_at: string | null;
      readonly cancelled_at: string | null;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
      readonly lines: readonly {
        readonly id: string;
        readonly line: number;
        readonly sku: string;
        readonly name: string;
        readonly quantity: string;
        readonly received_quantity: string;
        readonly open_quantity: string;
        readonly unit_cost: string | null;
        readonly explanation: { readonly [name: string]: unknown } | null;
      }[];
      readonly movements: readonly {
        readonly id: string;
        readonly line: number;
        readonly sku: string;
        readonly quantity: string;
      }[];
    };
    problem: "backlog_full" | "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "date_format" | "duplicate_key" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "line_or_sku" | "lot_not_tracked" | "lot_required" | "negative" | "not_allowed" | "not_found" | "not_positive" | "nul_char" | "number_unsafe" | "out_of_range" | "over_receipt" | "period_closed" | "quantity_format" | "rate_limited" | "receipt_exists" | "request_timeout" | "required" | "serial_quantity" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unknown_line" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_state" | "wrong_type";
  };
  /** Mark an approved order as sent to its supplier. */
  "POST /v1/purchase-orders/{id}/send": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly number: string;
      readonly status: "draft" | "approved" | "sent" | "partially_received" | "received" | "cancelled";
      readonly supplier: string;
      readonly warehouse: string;
      readonly currency: string | null;
      readonly expected_on: string | null;
      readonly late: boolean;
      readonly days_late: number;
      readonly note: string | null;
      readonly line_count: number;
      readonly total_cost: string | null;
      readonly created_by: string;
      readonly generated_by_run: string | null;
      readonly approved_by: string | null;
      readonly approved_at: string | null;
      readonly sent_at: string | null;
      readonly received_at: string | null;
      readonly cancelled_at: string | null;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
      readonly lines: readonly {
        readonly id: string;
        readonly line: number;
        readonly sku: string;
        readonly name: string;
        readonly quantity: string;
        readonly received_quantity: string;
        readonly open_quantity: string;
        readonly unit_cost: string | null;
        readonly explanation: { readonly [name: string]: unknown } | null;
      }[];
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_state" | "wrong_type";
  };
  /** Create a reorder policy. */
  "POST /v1/reorder-policies": {
    body: {
      readonly sku: string;
      readonly warehouse: string;
      readonly method: "min_max" | "reorder_point" | "periodic_review" | "days_of_cover" | "auto";
      readonly reorder_point?: (string | number) | null | undefined;
      readonly reorder_quantity?: (string | number) | null | undefined;
      readonly min?: (string | number) | null | undefined;
      readonly max?: (string | number) | null | undefined;
      readonly safety_stock?: (string | number) | null | undefined;
      readonly service_level?: (string | number) | null | undefined;
      readonly review_days?: number | null | undefined;
      readonly recovery_margin?: (string | number) | null | undefined;
    };
    answer: {
      readonly id: string;
      readonly sku: string;
      readonly warehouse: string;
      readonly method: "min_max" | "reorder_point" | "periodic_review" | "days_of_cover" | "auto";
      readonly reorder_point: string | null;
      readonly reorder_quantity: string | null;
      readonly min: string | null;
      readonly max: string | null;
      readonly safety_stock: string | null;
      readonly service_level: string | null;
      readonly review_days: number | null;
      readonly recovery_margin: string | null;
      readonly reorder_at: string | null;
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "already_exists" | "archived" | "bad_unicode" | "below_min" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "negative" | "not_allowed" | "not_found" | "not_positive" | "nul_char" | "number_unsafe" | "out_of_range" | "quantity_format" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unknown_sku" | "unknown_warehouse" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Archive a reorder policy. */
  "POST /v1/reorder-policies/{id}/archive": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly sku: string;
      readonly warehouse: string;
      readonly method: "min_max" | "reorder_point" | "periodic_review" | "days_of_cover" | "auto";
      readonly reorder_point: string | null;
      readonly reorder_quantity: string | null;
      readonly min: string | null;
      readonly max: string | null;
      readonly safety_stock: string | null;
      readonly service_level: string | null;
      readonly review_days: number | null;
      readonly recovery_margin: string | null;
      readonly reorder_at: string | null;
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Replay a demand history under a policy. */
  "POST /v1/reorder-simulations": {
    body: {
      readonly sku: string;
      readonly warehouse: string;
      readonly policy?: {
        readonly method: "min_max" | "reorder_point" | "periodic_review" | "days_of_cover" | "auto";
        readonly reorder_point?: (string | number) | null | undefined;
        readonly reorder_quantity?: (string | number) | null | undefined;
        readonly min?: (string | number) | null | undefined;
        readonly max?: (string | number) | null | undefined;
        readonly safety_stock?: (string | number) | null | undefined;
        readonly service_level?: (string | number) | null | undefined;
        readonly review_days?: number | null | undefined;
      } | undefined;
      readonly demand?: readonly {
        readonly day: string;
        readonly quantity: string | number;
      }[] | undefined;
      readonly history_days?: number | undefined;
      readonly warm_up_days?: number | undefined;
      readonly opening_stock?: string | number | undefined;
      readonly backorders?: boolean | undefined;
      readonly lead_time_days?: number | undefined;
      readonly ordering_cost?: number | undefined;
      readonly holding_percent?: number | undefined;
      readonly shortage_percent?: number | undefined;
      readonly days?: boolean | undefined;
    };
    answer: {
      readonly sku: string;
      readonly warehouse: string;
      readonly method: string;
      readonly from: string;
      readonly to: string;
      readonly warm_up_days: number;
      readonly supplier: string | null;
      readonly unit_cost: string | null;
      readonly currency: string | null;
      readonly lead_time_days: number;
      readonly reorder_at: string | null;
      readonly report: {
        readonly days: number;
        readonly demand: string;
        readonly served: string;
        readonly fill_rate: string | null;
        readonly stock_out_days: number;
        readonly average_stock: string;
        readonly orders: number;
        readonly ordered: string;
        readonly purchase_cost: string;
        readonly ordering_cost: string;
        readonly holding_cost: string;
        readonly shortage_cost: string;
        readonly total_cost: string;
      };
      readonly days?: readonly {
        readonly day: string;
        readonly demand: string;
        readonly served: string;
        readonly received: string;
        readonly ordered: string;
        readonly closing: string;
      }[] | undefined;
    };
    problem: "archived" | "bad_unicode" | "below_min" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "date_format" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "negative" | "not_allowed" | "not_found" | "not_positive" | "nul_char" | "number_unsafe" | "out_of_range" | "quantity_format" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_little_history" | "too_long" | "too_small" | "unknown_field" | "unknown_sku" | "unknown_warehouse" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Schedule a report. */
  "POST /v1/report-schedules": {
    body: {
      readonly name?: string | undefined;
      readonly report: "current_inventory" | "stock_valuation" | "movement_history" | "low_stock" | "pending_orders" | "inventory_turnover" | "abc_analysis" | "stock_ageing" | "supplier_performance" | "stock_as_of";
      readonly format?: "csv" | "csv.gz" | "xlsx" | "parquet" | "jsonl" | undefined;
      readonly parameters?: {
        readonly warehouse?: string | undefined;
        readonly sku_prefix?: string | undefined;
        readonly fresh?: boolean | undefined;
        readonly from?: string | undefined;
        readonly to?: string | undefined;
        readonly as_of?: string | undefined;
      } | undefined;
      readonly cron: string;
      readonly time_zone?: string | undefined;
      readonly status?: "active" | "paused" | undefined;
      readonly catch_up?: "all" | "latest" | "none" | undefined;
      readonly period?: ("previous_day" | "previous_week" | "previous_month") | null | undefined;
      readonly incremental?: "day" | null | undefined;
      readonly first_day?: string | null | undefined;
      readonly delivery?: {
        readonly prefix?: string | undefined;
        readonly webhook?: {
          readonly url: string;
        } | null | undefined;
      } | undefined;
    };
    answer: {
      readonly id: string;
      readonly name: string;
      readonly report: string;
      readonly format: string;
      readonly parameters: { readonly [name: string]: unknown };
      readonly cron: string;
      readonly time_zone: string;
      readonly status: "active" | "paused" | "archived";
      readonly catch_up: "all" | "latest" | "none";
      readonly period: string | null;
      readonly incremental: string | null;
      readonly first_day: string | null;
      readonly delivery: {
        readonly prefix: string;
        readonly webhook: {
          readonly url: string;
        } | null;
      };
      readonly warehouses: (readonly string[]) | null;
      readonly next_run_at: string | null;
      readonly created_by: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
      readonly webhook_secret: string | null;
    };
    problem: "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "cron_format" | "database_silent" | "database_unavailable" | "date_format" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unknown_time_zone" | "unsupported_encoding" | "unsupported_media_type" | "url_refused" | "validation_failed" | "webhooks_off" | "wrong_format" | "wrong_type";
  };
  /** Archive a report schedule. */
  "POST /v1/report-schedules/{id}/archive": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly name: string;
      readonly report: string;
      readonly format: string;
      readonly parameters: { readonly [name: string]: unknown };
      readonly cron: string;
      readonly time_zone: string;
      readonly status: "active" | "paused" | "archived";
      readonly catch_up: "all" | "latest" | "none";
      readonly period: string | null;
      readonly incremental: string | null;
      readonly first_day: string | null;
      readonly delivery: {
        readonly prefix: string;
        readonly webhook: {
          readonly url: string;
        } | null;
      };
      readonly warehouses: (readonly string[]) | null;
      readonly next_run_at: string | null;
      readonly created_by: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Ask for a report. */
  "POST /v1/reports": {
    body: {
      readonly report: "current_inventory" | "stock_valuation" | "movement_history" | "low_stock" | "pending_orders" | "inventory_turnover" | "abc_analysis" | "stock_ageing" | "supplier_performance" | "stock_as_of";
      readonly format?: "csv" | "csv.gz" | "xlsx" | "parquet" | "jsonl" | undefined;
      readonly parameters?: {
        readonly warehouse?: string | undefined;
        readonly sku_prefix?: string | undefined;
        readonly fresh?: boolean | undefined;
        readonly from?: string | undefined;
        readonly to?: string | undefined;
        readonly as_of?: string | undefined;
      } | undefined;
    };
    answer: {
      readonly id: string;
      readonly report: string;
      readonly format: string;
      readonly parameters: { readonly [name: string]: unknown };
      readonly warehouses: (readonly string[]) | null;
      readonly status: "queued" | "running" | "completed" | "failed";
      readonly rows: number | null;
      readonly bytes: number | null;
      readonly objects: readonly {
        readonly key: string;
        readonly bytes: number;
        readonly sha256: string;
      }[];
      readonly manifest_key: string | null;
      readonly download_url: string | null;
      readonly reused: boolean;
      readonly as_of: string | null;
      readonly age_seconds: number | null;
      readonly expired_at: string | null;
      readonly error: {
        readonly code: string;
        readonly detail: string;
      } | null;
      readonly requested_by: string;
      readonly schedule_id: string | null;
      readonly slot: string | null;
      readonly delivery: {
        readonly status: "pending" | "delivered" | "failed";
        readonly attempts: number;
        readonly error: string | null;
      } | null;
      readonly created_at: string;
      readonly started_at: string | null;
      readonly finished_at: string | null;
    };
    problem: "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "date_format" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Create a service client. */
  "POST /v1/service-clients": {
    body: {
      readonly name: string;
      readonly scopes: readonly ("read" | "catalogue:write" | "movements:write" | "imports:movements" | "imports:catalogue" | "purchasing:write" | "reports:run" | "jobs:run" | "sinks:manage" | "sources:manage" | "ledger:verify" | "periods:close" | "lanes:manage" | "users:manage" | "audit:read" | "privacy:manage")[];
      readonly warehouses?: (readonly string[]) | null | undefined;
    };
    answer: {
      readonly id: string;
      readonly name: string;
      readonly scopes: readonly string[];
      readonly warehouses: (readonly string[]) | null;
      readonly status: string;
      readonly version: number;
      readonly secret_changed_at: string;
      readonly last_used_at: string | null;
      readonly created_at: string;
      readonly updated_at: string;
      readonly client_secret: string | null;
    };
    problem: "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "name_taken" | "not_allowed" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Give a service client another secret. */
  "POST /v1/service-clients/{id}/secret": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly name: string;
      readonly scopes: readonly string[];
      readonly warehouses: (readonly string[]) | null;
      readonly status: string;
      readonly version: number;
      readonly secret_changed_at: string;
      readonly last_used_at: string | null;
      readonly created_at: string;
      readonly updated_at: string;
      readonly client_secret: string | null;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Reject a movement for good. */
  "POST /v1/set-aside-movements/{id}/discard": {
    path: {
      readonly id: string;
    };
    body: {
      readonly reason: string;
    };
    answer: {
      readonly movements: readonly {
        readonly id: string;
        readonly status: "accepted" | "rejected";
      }[];
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Send a movement back to be applied. */
  "POST /v1/set-aside-movements/{id}/retry": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly movements: readonly {
        readonly id: string;
        readonly status: "accepted" | "rejected";
      }[];
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Send all parked events of a sink again. */
  "POST /v1/sinks/{name}/dead-letters/replay": {
    path: {
      readonly name: string;
    };
    answer: {
      readonly letters: number;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Give an event up for this sink. */
  "POST /v1/sinks/{name}/dead-letters/{id}/discard": {
    path: {
      readonly name: string;
      readonly id: string;
    };
    body: {
      readonly reason: string;
    };
    answer: undefined;
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "letter_resolved" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Send one parked event again. */
  "POST /v1/sinks/{name}/dead-letters/{id}/replay": {
    path: {
      readonly name: string;
      readonly id: string;
    };
    answer: {
      readonly letters: number;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "letter_resolved" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Pause a sink. */
  "POST /v1/sinks/{name}/pause": {
    path: {
      readonly name: string;
    };
    answer: {
      readonly name: string;
      readonly kind: "kinesis" | "sqs" | "kafka" | "webhook";
      readonly paused: boolean;
      readonly paused_by: string | null;
      readonly publishing: boolean;
      readonly circuit: "closed" | "open" | "half_open";
      readonly failing_since: string | null;
      readonly lag_events: number;
      readonly lag_seconds: number;
      readonly positions: {
        readonly acknowledged_events: number;
        readonly log_events: number;
        readonly lanes_behind: number;
      };
      readonly dead_letters: number;
      readonly oldest_waiting_at: string | null;
      readonly last_error: string | null;
      readonly last_error_at: string | null;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Send events to a sink again. */
  "POST /v1/sinks/{name}/replay": {
    path: {
      readonly name: string;
    };
    body: {
      readonly from: string;
    };
    answer: {
      readonly name: string;
      readonly from: string;
      readonly events: number;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "cursor_invalid" | "database_silent" | "database_unavailable" | "date_format" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Let a paused sink go on. */
  "POST /v1/sinks/{name}/resume": {
    path: {
      readonly name: string;
    };
    answer: {
      readonly name: string;
      readonly kind: "kinesis" | "sqs" | "kafka" | "webhook";
      readonly paused: boolean;
      readonly paused_by: string | null;
      readonly publishing: boolean;
      readonly circuit: "closed" | "open" | "half_open";
      readonly failing_since: string | null;
      readonly lag_events: number;
      readonly lag_seconds: number;
      readonly positions: {
        readonly acknowledged_events: number;
        readonly log_events: number;
        readonly lanes_behind: number;
      };
      readonly dead_letters: number;
      readonly oldest_waiting_at: string | null;
      readonly last_error: string | null;
      readonly last_error_at: string | null;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Create a supplier. */
  "POST /v1/suppliers": {
    body: {
      readonly code: string;
      readonly name: string;
      readonly contact_name?: string | null | undefined;
      readonly email?: string | null | undefined;
      readonly phone?: string | null | undefined;
      readonly address?: string | null | undefined;
      readonly city?: string | null | undefined;
      readonly country?: string | null | undefined;
      readonly currency?: string | null | undefined;
      readonly lead_time_days?: number | null | undefined;
      readonly working_days?: (readonly ("sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat")[]) | null | undefined;
      readonly holidays?: readonly string[] | undefined;
    };
    answer: {
      readonly id: string;
      readonly code: string;
      readonly name: string;
      readonly contact_name: string | null;
      readonly email: string | null;
      readonly phone: string | null;
      readonly address: string | null;
      readonly city: string | null;
      readonly country: string | null;
      readonly currency: string | null;
      readonly lead_time_days: number | null;
      readonly working_days: (readonly ("sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat")[]) | null;
      readonly holidays: readonly string[];
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "already_exists" | "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "date_format" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "nul_char" | "number_unsafe" | "personal_data_locked" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Archive a supplier. */
  "POST /v1/suppliers/{id}/archive": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly code: string;
      readonly name: string;
      readonly contact_name: string | null;
      readonly email: string | null;
      readonly phone: string | null;
      readonly address: string | null;
      readonly city: string | null;
      readonly country: string | null;
      readonly currency: string | null;
      readonly lead_time_days: number | null;
      readonly working_days: (readonly ("sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat")[]) | null;
      readonly holidays: readonly string[];
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "if_match_malformed" | "in_use" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "personal_data_locked" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Create a supplier item. */
  "POST /v1/suppliers/{id}/items": {
    path: {
      readonly id: string;
    };
    body: {
      readonly sku: string;
      readonly supplier_sku?: string | null | undefined;
      readonly unit_cost?: (string | number) | null | undefined;
      readonly currency?: string | null | undefined;
      readonly moq?: string | number | undefined;
      readonly pack_size?: string | number | undefined;
      readonly order_multiple?: (string | number) | null | undefined;
      readonly order_maximum?: (string | number) | null | undefined;
      readonly price_breaks?: readonly {
        readonly quantity: string | number;
        readonly unit_cost: string | number;
      }[] | undefined;
      readonly lead_time_days?: number | null | undefined;
      readonly preferred?: boolean | undefined;
    };
    answer: {
      readonly id: string;
      readonly supplier: string;
      readonly item_id: string;
      readonly sku: string;
      readonly supplier_sku: string | null;
      readonly unit_cost: string | null;
      readonly currency: string | null;
      readonly moq: string;
      readonly pack_size: string;
      readonly order_multiple: string | null;
      readonly order_maximum: string | null;
      readonly price_breaks: readonly {
        readonly quantity: string;
        readonly unit_cost: string;
      }[];
      readonly lead_time_days: number | null;
      readonly preferred: boolean;
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "already_exists" | "archived" | "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "negative" | "not_allowed" | "not_ascending" | "not_found" | "not_positive" | "nul_char" | "number_unsafe" | "out_of_range" | "quantity_format" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unknown_sku" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Archive a supplier item. */
  "POST /v1/suppliers/{id}/items/{item}/archive": {
    path: {
      readonly id: string;
      readonly item: string;
    };
    answer: {
      readonly id: string;
      readonly supplier: string;
      readonly item_id: string;
      readonly sku: string;
      readonly supplier_sku: string | null;
      readonly unit_cost: string | null;
      readonly currency: string | null;
      readonly moq: string;
      readonly pack_size: string;
      readonly order_multiple: string | null;
      readonly order_maximum: string | null;
      readonly price_breaks: readonly {
        readonly quantity: string;
        readonly unit_cost: string;
      }[];
      readonly lead_time_days: number | null;
      readonly preferred: boolean;
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "if_match_malformed" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Create a user. */
  "POST /v1/users": {
    body: {
      readonly email: string;
      readonly name: string;
      readonly roles: readonly ("viewer" | "operator" | "buyer" | "analyst" | "admin")[];
      readonly warehouses?: (readonly string[]) | null | undefined;
      readonly password?: string | undefined;
    };
    answer: {
      readonly id: string;
      readonly email: string;
      readonly name: string;
      readonly roles: readonly string[];
      readonly warehouses: (readonly string[]) | null;
      readonly status: string;
      readonly version: number;
      readonly last_signed_in_at: string | null;
      readonly created_at: string;
      readonly updated_at: string;
    };
    problem: "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "email_format" | "email_taken" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "nul_char" | "number_unsafe" | "password_weak" | "personal_data_locked" | "rate_limited" | "request_timeout" | "required" | "sign_in_busy" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Set a user's password. */
  "POST /v1/users/{id}/password": {
    path: {
      readonly id: string;
    };
    body: {
      readonly password: string;
    };
    answer: undefined;
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "password_weak" | "rate_limited" | "request_timeout" | "required" | "sign_in_busy" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** End all sessions of a user. */
  "POST /v1/users/{id}/sign-out": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly ended: number;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "id_format" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Create a warehouse. */
  "POST /v1/warehouses": {
    body: {
      readonly code: string;
      readonly name: string;
      readonly address?: string | null | undefined;
      readonly latitude?: (number | string) | null | undefined;
      readonly longitude?: (number | string) | null | undefined;
      readonly time_zone?: string | undefined;
      readonly allow_negative?: boolean | undefined;
    };
    answer: {
      readonly id: string;
      readonly code: string;
      readonly name: string;
      readonly address: string | null;
      readonly latitude: number | null;
      readonly longitude: number | null;
      readonly time_zone: string;
      readonly allow_negative: boolean;
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
      readonly distance_m?: number | undefined;
      readonly available?: string | undefined;
    };
    problem: "already_exists" | "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "out_of_range" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unknown_time_zone" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Archive a warehouse. */
  "POST /v1/warehouses/{id}/archive": {
    path: {
      readonly id: string;
    };
    answer: {
      readonly id: string;
      readonly code: string;
      readonly name: string;
      readonly address: string | null;
      readonly latitude: number | null;
      readonly longitude: number | null;
      readonly time_zone: string;
      readonly allow_negative: boolean;
      readonly status: string;
      readonly version: number;
      readonly created_at: string;
      readonly updated_at: string;
      readonly distance_m?: number | undefined;
      readonly available?: string | undefined;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "if_match_malformed" | "in_use" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "rate_limited" | "request_timeout" | "required" | "stale_version" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
  /** Subscribe a server to events. */
  "POST /v1/webhooks": {
    body: {
      readonly name: string;
      readonly url: string;
      readonly types?: readonly string[] | undefined;
      readonly warehouses?: readonly string[] | undefined;
      readonly skus?: readonly string[] | undefined;
      readonly from?: "now" | "beginning" | undefined;
    };
    answer: {
      readonly name: string;
      readonly url: string;
      readonly types: readonly string[];
      readonly warehouses: readonly string[];
      readonly skus: readonly string[];
      readonly status: "active" | "disabled";
      readonly disabled_reason: string | null;
      readonly version: number;
      readonly created_by: string;
      readonly created_at: string;
      readonly updated_at: string;
      readonly secret: string | null;
    };
    problem: "bad_unicode" | "body_too_large" | "code_format" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "name_taken" | "not_allowed" | "nul_char" | "number_unsafe" | "personal_data_locked" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "url_refused" | "validation_failed" | "webhooks_full" | "wrong_format" | "wrong_type";
  };
  /** Give a webhook a new secret. */
  "POST /v1/webhooks/{name}/rotate-secret": {
    path: {
      readonly name: string;
    };
    answer: {
      readonly name: string;
      readonly secret: string | null;
    };
    problem: "bad_unicode" | "body_too_large" | "commit_unknown" | "database_silent" | "database_unavailable" | "duplicate_key" | "forbidden" | "idempotency_key_in_flight" | "idempotency_key_length" | "idempotency_key_reused" | "internal_error" | "invalid" | "issuer_unavailable" | "json_malformed" | "json_too_deep" | "json_too_many_values" | "not_allowed" | "not_found" | "nul_char" | "number_unsafe" | "personal_data_locked" | "rate_limited" | "request_timeout" | "required" | "token_invalid" | "token_malformed" | "token_missing" | "too_big" | "too_small" | "unknown_field" | "unsupported_encoding" | "unsupported_media_type" | "validation_failed" | "wrong_format" | "wrong_type";
  };
}
