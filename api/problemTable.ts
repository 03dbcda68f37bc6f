/**
 * Problem codes that are a route's own, by route and status; what every route of its kind can meet follows from its declaration
 * (http/problemCodes.ts). The OpenAPI document and the tests' client read this table; a test holds that each name in it is a route.
 */
/** Codes by status. */
export type ProblemCodes = Readonly<Partial<Record<ProblemStatus, readonly string[]>>>;

type ProblemStatus =
  | 400
  | 401
  | 403
  | 404
  | 408
  | 409
  | 410
  | 412
  | 413
  | 415
  | 422
  | 429
  | 500
  | 503;

/** Of fields that a transformation checks, so that a schema does not tell them. */
const MOVEMENT_FIELDS = ["quantity_format", "out_of_range", "date_format"];
const MOVEMENT_LINE = [
  ...MOVEMENT_FIELDS,
  "bad_unicode",
  "currency_mismatch",
  "customer_closed",
  "date_future",
  "date_past",
  "duplicate_id",
  "id_reused",
  "item_archived",
  "lot_not_tracked",
  "period_closed",
  "quantity_sign",
  "same_warehouse",
  "serial_quantity",
  "unit_inexact",
  "unknown_customer",
  "unknown_sku",
  "unknown_unit",
  "unknown_warehouse",
  "warehouse_archived",
];
const INTAKE: ProblemCodes = { 503: ["backlog_full", "intake_full"] };
const CUSTOMERS = ["customer_base_unavailable", "personal_data_locked"];
const LOCKED: ProblemCodes = { 503: ["personal_data_locked"] };
const EXTERNAL: ProblemCodes = { 409: ["external_issuer"] };
const NO_LIMIT: ProblemCodes = { 403: ["warehouses_limited"] };
const NAMED_404: ProblemCodes = { 404: ["not_found"] };
const TAKEN: ProblemCodes = { 409: ["already_exists"] };
const IN_USE: ProblemCodes = { 409: ["in_use"] };
const ITEM_FIELDS = [
  "quantity_format",
  "out_of_range",
  "unit_is_stock_unit",
  "duplicate_unit",
  "code_format",
];
const POLICY_FIELDS = ["quantity_format", "out_of_range", "below_min", "not_allowed"];
const STREAM: ProblemCodes = { 422: ["cursor_invalid"], 503: ["too_many_streams"] };
const ORDER_STATE: ProblemCodes = { 409: ["wrong_state"] };
const ORDER_LINES = [
  "currency_mismatch",
  "date_format",
  "duplicate_line",
  "item_archived",
  "out_of_range",
  "quantity_format",
  "too_many_lines",
  "unknown_sku",
];
const FILE: ProblemCodes = {
  400: ["multipart_malformed"],
  408: ["upload_too_slow"],
  409: ["duplicate_import"],
  413: ["file_too_large"],
  415: ["unsupported_content", "unsupported_media_type"],
  422: [
    "file_empty",
    "mapping_format",
    "required",
    "too_big",
    "unknown_field",
    "validation_failed",
  ],
  503: ["stopping"],
};
const UPLOAD_STATE: ProblemCodes = {
  409: ["upload_aborted", "upload_completed", "upload_completing", "upload_expired"],
};
const SCHEDULE: ProblemCodes = {
  404: ["not_found"],
  422: ["cron_format", "date_format", "unknown_time_zone", "url_refused", "webhooks_off"],
};
const POLICY_SUBJECT = ["unknown_sku", "unknown_warehouse", "archived"];

/** Codes by "method path" of a route, by status. */
export const PROBLEM_TABLE: Readonly<Record<string, ProblemCodes>> = {
  "get /v1/audit": { ...NO_LIMIT, 422: ["date_format"] },
  "post /v1/auth/login": {
    ...EXTERNAL,
    401: ["credentials_invalid"],
    503: ["sign_in_busy", "personal_data_locked"],
  },
  "post /v1/auth/logout": {
    401: ["token_missing", "token_invalid", "token_malformed"],
    409: ["no_session"],
  },
  "post /v1/auth/password": {
    403: ["credentials_invalid"],
    422: ["password_weak"],
    503: ["sign_in_busy"],
  },
  "post /v1/auth/refresh": { ...EXTERNAL, 401: ["refresh_token_invalid", "refresh_token_reused"] },
  "post /v1/auth/token": {
    ...EXTERNAL,
    401: ["invalid_client"],
    422: ["duplicate_key", "invalid_scope"],
    503: ["sign_in_busy"],
  },
  "get /v1/auth/me": { 409: ["no_session"], ...LOCKED },
  "post /v1/dead-letters/{id}/replay": {
    409: ["already_resolved"],
    422: [...MOVEMENT_LINE, "id_reused", "not_json", "not_an_event"],
    503: [...CUSTOMERS, "backlog_full"],
  },
  "post /v1/dead-letters/{id}/discard": { 409: ["already_resolved"] },
  "get /v1/events": { 422: ["cursor_invalid"] },
  "get /v1/events/stream": STREAM,
  "post /v1/imports": { ...FILE, 422: [...(FILE[422] ?? []), "source_refused", "source_missing"] },
  "post /v1/imports/{id}/commit": {
    409: ["not_a_dry_run", "dry_run_not_completed", "rows_expired", "duplicate_import"],
  },
  "post /v1/imports/{id}/cancel": { 409: ["import_over"] },
  "get /v1/imports/{id}/errors": { 409: ["rows_expired"] },
  "get /v1/imports/{id}/events": STREAM,
  "post /v1/imports/uploads": FILE,
  "get /v1/imports/uploads/{id}/parts": UPLOAD_STATE,
  "post /v1/imports/uploads/{id}/complete": {
    409: [...(UPLOAD_STATE[409] ?? []), "duplicate_import"],
    415: ["unsupported_content"],
    422: ["file_empty", "mapping_format", "parts_invalid", "size_mismatch", "sha256_mismatch"],
  },
  "delete /v1/imports/uploads/{id}": UPLOAD_STATE,
  "post /v1/items": { 409: ["already_exists", "sku_confusable"], 422: ITEM_FIELDS },
  "patch /v1/items/{id}": {
    409: ["currency_in_use", "sku_confusable", "tracking_in_use", "unit_in_use", "already_exists"],
    422: ITEM_FIELDS,
  },
  "delete /v1/items/{id}": IN_USE,
  "post /v1/items/{id}/archive": IN_USE,
  "post /v1/jobs/{name}/run": NO_LIMIT,
  "post /v1/lanes/{id}/resume": { 409: ["lane_not_halted"] },
  "get /v1/ledger/verify": { ...NO_LIMIT, ...NAMED_404 },
  "post /v1/ledger/verify": NO_LIMIT,
  "post /v1/movements": {
    409: ["group_partly_known", "not_one_group"],
    422: MOVEMENT_LINE,
    503: [...(INTAKE[503] ?? []), ...CUSTOMERS],
  },
  "get /v1/movements": LOCKED,
  "get /v1/movements/{id}": LOCKED,
  "post /v1/movements/{id}/arrive": {
    ...INTAKE,
    409: ["not_in_transit", "group_partly_known", "not_one_group"],
    422: [...MOVEMENT_FIELDS, "date_future", "id_reused", "period_closed", "quantity_sign"],
  },
  "post /v1/movements/{id}/reverse": {
    ...INTAKE,
    409: ["not_applied"],
    422: [...MOVEMENT_FIELDS, "date_future", "id_reused", "period_closed"],
  },
  "post /v1/periods/{month}/close": { 422: ["period_not_over"] },
  "post /v1/purchase-orders": {
    422: [
      ...ORDER_LINES,
      "unknown_supplier",
      "supplier_archived",
      "unknown_warehouse",
      "warehouse_archived",
    ],
  },
  "patch /v1/purchase-orders/{id}": { ...ORDER_STATE, 422: ORDER_LINES },
  "post /v1/purchase-orders/{id}/approve": { ...ORDER_STATE, 403: ["approval_limit"] },
  "post /v1/purchase-orders/{id}/send": ORDER_STATE,
  "post /v1/purchase-orders/{id}/cancel": ORDER_STATE,
  "post /v1/purchase-orders/{id}/receive": {
    409: ["wrong_state", "receipt_exists"],
    422: [
      ...MOVEMENT_FIELDS,
      "lot_not_tracked",
      "lot_required",
      "over_receipt",
      "period_closed",
      "serial_quantity",
      "unknown_line",
    ],
    503: ["backlog_full"],
  },
  "post /v1/reorder-policies": {
    ...NAMED_404,
    ...TAKEN,
    422: [...POLICY_FIELDS, ...POLICY_SUBJECT],
  },
  "patch /v1/reorder-policies/{id}": { ...TAKEN, 422: POLICY_FIELDS },
  "post /v1/reorder-simulations": {
    ...NAMED_404,
    422: [...POLICY_FIELDS, ...POLICY_SUBJECT, "too_little_history", "too_long", "date_format"],
  },
  "post /v1/report-schedules": SCHEDULE,
  "patch /v1/report-schedules/{id}": SCHEDULE,
  "post /v1/reports": { ...NAMED_404, 422: ["date_format"] },
  "post /v1/service-clients": { 409: ["name_taken"] },
  "patch /v1/service-clients/{id}": { 409: ["name_taken"] },
  "post /v1/sinks/{name}/replay": { 422: ["cursor_invalid", "date_format"] },
  "post /v1/sinks/{name}/dead-letters/{id}/discard": { 409: ["letter_resolved"] },
  "post /v1/sinks/{name}/dead-letters/{id}/replay": { 409: ["letter_resolved"] },
  "get /v1/stock": { ...NAMED_404, 422: ["not_together", "date_format"] },
  "get /v1/stock/{sku}": { 422: ["not_together", "date_format"] },
  "get /v1/stock/{sku}/{warehouse}": { 409: ["not_yet"], 422: ["not_together", "date_format"] },
  "get /v1/lots": NAMED_404,
  "get /v1/reservations": NAMED_404,
  "get /v1/transits": NAMED_404,
  "post /v1/suppliers": { ...TAKEN, ...LOCKED },
  "patch /v1/suppliers/{id}": { ...TAKEN, ...LOCKED },
  "delete /v1/suppliers/{id}": { ...IN_USE, ...LOCKED },
  "post /v1/suppliers/{id}/archive": { ...IN_USE, ...LOCKED },
  "post /v1/suppliers/{id}/items": {
    ...TAKEN,
    422: ["archived", "unknown_sku", "quantity_format", "out_of_range", "not_ascending"],
  },
  "patch /v1/suppliers/{id}/items/{item}": {
    422: ["quantity_format", "out_of_range", "not_ascending"],
  },
  "post /v1/users": {
    409: ["email_taken"],
    422: ["password_weak"],
    503: ["personal_data_locked", "sign_in_busy"],
  },
  "patch /v1/users/{id}": {
    409: ["email_taken", "last_admin"],
    422: ["password_weak"],
    503: ["personal_data_locked", "sign_in_busy"],
  },
  "get /v1/users": LOCKED,
  "get /v1/suppliers": LOCKED,
  "get /v1/suppliers/{id}": LOCKED,
  "get /v1/users/{id}": LOCKED,
  "get /v1/dead-letters": LOCKED,
  "get /v1/dead-letters/{id}": LOCKED,
  "post /v1/purchase-orders/{id}/document": LOCKED,
  "post /v1/privacy/erase": LOCKED,
  "post /v1/privacy/export": LOCKED,
  "post /v1/privacy/rotate-keys": LOCKED,
  "post /v1/users/{id}/password": { 422: ["password_weak"], 503: ["sign_in_busy"] },
  "post /v1/webhooks": {
    409: ["name_taken", "webhooks_full"],
    422: ["url_refused"],
    ...LOCKED,
  },
  "patch /v1/webhooks/{name}": { 422: ["url_refused"], ...LOCKED },
  "post /v1/webhooks/{name}/rotate-secret": LOCKED,
  "get /v1/warehouses": {
    422: ["not_a_point", "required", "unknown_sku", "quantity_format", "out_of_range"],
  },
  "post /v1/warehouses": { ...NAMED_404, ...TAKEN, 422: ["required", "out_of_range"] },
  "patch /v1/warehouses/{id}": { ...TAKEN, 422: ["required", "out_of_range"] },
  "delete /v1/warehouses/{id}": IN_USE,
  "post /v1/warehouses/{id}/archive": IN_USE,
};
