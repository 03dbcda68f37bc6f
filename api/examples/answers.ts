/** Answers that the documented examples got, by operation and status; made by `npm run docs:client`, held by examples.test.ts. */
export const ANSWER_EXAMPLES: Readonly<Record<string, unknown>> = {
 "delete /v1/items/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000006",
  "sku": "OLD",
  "name": "Old",
  "description": null,
  "unit": "each",
  "category": null,
  "barcode": null,
  "cost": null,
  "price": null,
  "currency": null,
  "tracking": "none",
  "units": {},
  "status": "archived",
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "delete /v1/reorder-policies/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000005",
  "sku": "BOLT-M8",
  "warehouse": "MAIN",
  "method": "reorder_point",
  "reorder_point": "60",
  "reorder_quantity": "200",
  "min": null,
  "max": null,
  "safety_stock": null,
  "service_level": null,
  "review_days": null,
  "recovery_margin": null,
  "reorder_at": "60",
  "status": "archived",
  "version": 3,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "delete /v1/report-schedules/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000044",
  "name": "",
  "report": "low_stock",
  "format": "csv",
  "parameters": {},
  "cron": "@daily",
  "time_zone": "UTC",
  "status": "archived",
  "catch_up": "all",
  "period": null,
  "incremental": null,
  "first_day": null,
  "delivery": {
   "prefix": "reports/",
   "webhook": null
  },
  "warehouses": null,
  "next_run_at": null,
  "created_by": "test-admin",
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "delete /v1/suppliers/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "code": "GONE",
  "name": "Gone",
  "contact_name": null,
  "email": null,
  "phone": null,
  "address": null,
  "city": null,
  "country": null,
  "currency": null,
  "lead_time_days": null,
  "working_days": null,
  "holidays": [],
  "status": "archived",
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "delete /v1/suppliers/{id}/items/{item} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000004",
  "supplier": "ACME",
  "item_id": "0199a1b2-0000-7000-8000-000000000001",
  "sku": "BOLT-M8",
  "supplier_sku": null,
  "unit_cost": "0.09",
  "currency": "EUR",
  "moq": "1",
  "pack_size": "1",
  "order_multiple": null,
  "order_maximum": null,
  "price_breaks": [],
  "lead_time_days": null,
  "preferred": false,
  "status": "archived",
  "version": 3,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "delete /v1/warehouses/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "code": "CLOSED",
  "name": "CLOSED",
  "address": null,
  "latitude": null,
  "longitude": null,
  "time_zone": "UTC",
  "allow_negative": false,
  "status": "archived",
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "get /v1/audit 200": {
  "data": [
   {
    "seq": 17,
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "at": "2026-03-01T12:00:00.000Z",
    "actor": "test-admin",
    "action": "created",
    "entity_type": "supplier",
    "entity_id": "0199a1b2-0000-7000-8000-000000000050",
    "entity_ids": null,
    "request_id": "0199a1b2-0000-7000-8000-000000000050",
    "address": null,
    "via": "post /v1/suppliers",
    "before": null,
    "after": {
     "id": "0199a1b2-0000-7000-8000-000000000050",
     "code": "GONE",
     "name": "Gone",
     "status": "active",
     "version": 1,
     "holidays": []
    },
    "hash": "0000000000000000000000000000000000000000000000000000000000000000"
   },
   {
    "seq": 16,
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "at": "2026-03-01T12:00:00.000Z",
    "actor": "test-admin",
    "action": "created",
    "entity_type": "supplier",
    "entity_id": "0199a1b2-0000-7000-8000-000000000003",
    "entity_ids": null,
    "request_id": "0199a1b2-0000-7000-8000-000000000050",
    "address": null,
    "via": "post /v1/suppliers",
    "before": null,
    "after": {
     "id": "0199a1b2-0000-7000-8000-000000000003",
     "code": "ACME",
     "name": "Acme",
     "status": "active",
     "version": 1,
     "currency": "EUR",
     "holidays": [],
     "lead_time_days": 5
    },
    "hash": "0000000000000000000000000000000000000000000000000000000000000000"
   }
  ],
  "next_cursor": null
 },
 "get /v1/auth/me 200": {
  "subject": "test-admin",
  "roles": [
   "admin"
  ],
  "permissions": [
   "read",
   "catalogue:write"
  ],
  "warehouses": null,
  "session": false
 },
 "get /v1/dead-letters 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000062",
    "origin": "kafka:orders",
    "position": "1",
    "code": "json_malformed",
    "reason": "the body is not valid JSON",
    "status": "parked",
    "event_id": null,
    "event_source": null,
    "event_type": null,
    "bytes": 1,
    "parked_at": "2026-03-01T12:00:00.000Z",
    "movement_id": null,
    "resolved_at": null,
    "resolved_by": null,
    "resolution": null
   },
   {
    "id": "0199a1b2-0000-7000-8000-000000000063",
    "origin": "kafka:orders",
    "position": "2",
    "code": "json_malformed",
    "reason": "the body is not valid JSON",
    "status": "parked",
    "event_id": null,
    "event_source": null,
    "event_type": null,
    "bytes": 1,
    "parked_at": "2026-03-01T12:00:00.000Z",
    "movement_id": null,
    "resolved_at": null,
    "resolved_by": null,
    "resolution": null
   }
  ],
  "next_cursor": null
 },
 "get /v1/dead-letters/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000062",
  "origin": "kafka:orders",
  "position": "1",
  "code": "json_malformed",
  "reason": "the body is not valid JSON",
  "status": "parked",
  "event_id": null,
  "event_source": null,
  "event_type": null,
  "bytes": 1,
  "parked_at": "2026-03-01T12:00:00.000Z",
  "movement_id": null,
  "resolved_at": null,
  "resolved_by": null,
  "resolution": null,
  "payload": "{",
  "encoding": "utf8",
  "mended": null
 },
 "get /v1/events 200": {
  "data": [
   {
    "specversion": "1.0",
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "source": "/stockline",
    "type": "stockline.webhook.created",
    "subject": "webhooks/erp",
    "time": "2026-03-01T12:00:00.000Z",
    "datacontenttype": "application/json",
    "dataschema": "urn:stockline:webhook.created.v1",
    "partitionkey": "0199a1b2-0000-7000-8000-000000000050",
    "lane": 262,
    "position": 1,
    "incarnation": 1,
    "data": {
     "name": "erp",
     "host": "erp.example.com",
     "types": [],
     "status": "active",
     "reason": null,
     "changed_by": "test-admin"
    }
   },
   {
    "specversion": "1.0",
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "source": "/stockline",
    "type": "stockline.webhook.created",
    "subject": "webhooks/old",
    "time": "2026-03-01T12:00:00.000Z",
    "datacontenttype": "application/json",
    "dataschema": "urn:stockline:webhook.created.v1",
    "partitionkey": "0199a1b2-0000-7000-8000-000000000050",
    "lane": 269,
    "position": 1,
    "incarnation": 1,
    "data": {
     "name": "old",
     "host": "erp.example.com",
     "types": [],
     "status": "active",
     "reason": null,
     "changed_by": "test-admin"
    }
   }
  ],
  "next_cursor": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQCABAQ"
 },
 "get /v1/imports 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000032",
    "kind": "items",
    "mode": "commit",
    "status": "uploaded",
    "rows_total": 0,
    "rows_read": 0,
    "rows_valid": 0,
    "rows_invalid": 0,
    "rows_applied": 0,
    "rows_rejected": 0,
    "rows_skipped": 0,
    "bytes_read": 0,
    "bytes_total": 25,
    "progress": {
     "phase": "waiting",
     "done": 0,
     "total": 25,
     "unit": "bytes",
     "percent": 0,
     "rows_per_second": null,
     "bytes_per_second": null,
     "seconds_left": null
    },
    "on_error": "skip",
    "format": "csv",
    "file_name": "file.csv",
    "source": null,
    "stop_after_errors": null,
    "created_by": "test-admin",
    "created_at": "2026-03-01T12:00:00.000Z",
    "started_at": null,
    "finished_at": null,
    "error": null
   },
   {
    "id": "0199a1b2-0000-7000-8000-000000000031",
    "kind": "items",
    "mode": "dry_run",
    "status": "completed",
    "rows_total": 1,
    "rows_read": 1,
    "rows_valid": 1,
    "rows_invalid": 0,
    "rows_applied": 0,
    "rows_rejected": 0,
    "rows_skipped": 1,
    "bytes_read": 25,
    "bytes_total": 25,
    "progress": {
     "phase": "ended",
     "done": 1,
     "total": 1,
     "unit": "rows",
     "percent": 100,
     "rows_per_second": null,
     "bytes_per_second": null,
     "seconds_left": null
    },
    "on_error": "skip",
    "format": "csv",
    "file_name": "file.csv",
    "source": null,
    "stop_after_errors": null,
    "created_by": "test-admin",
    "created_at": "2026-03-01T12:00:00.000Z",
    "started_at": "2026-03-01T12:00:00.000Z",
    "finished_at": "2026-03-01T12:00:00.000Z",
    "error": null
   }
  ],
  "next_cursor": "WyIwMWEyMmE2Ny0yNDJiLTc0MWUtYTI2NC1kNmZiNTFiNzY1OTEiXQ"
 },
 "get /v1/imports/uploads/{id}/parts 200": {
  "id": "0199a1b2-0000-7000-8000-000000000033",
  "file_name": "items.csv",
  "bytes": 25,
  "part_bytes": 8388608,
  "parts_total": 1,
  "parts": [
   {
    "number": 1,
    "bytes": 25,
    "url": "https://storage.example.com/signed"
   }
  ],
  "next_part": null,
  "links_expire_at": "2026-03-01T12:00:00.000Z",
  "expires_at": "2026-03-01T12:00:00.000Z"
 },
 "get /v1/imports/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000030",
  "kind": "items",
  "mode": "commit",
  "status": "completed_with_errors",
  "rows_total": 2,
  "rows_read": 2,
  "rows_valid": 1,
  "rows_invalid": 1,
  "rows_applied": 1,
  "rows_rejected": 1,
  "rows_skipped": 0,
  "bytes_read": 34,
  "bytes_total": 34,
  "progress": {
   "phase": "ended",
   "done": 2,
   "total": 2,
   "unit": "rows",
   "percent": 100,
   "rows_per_second": null,
   "bytes_per_second": null,
   "seconds_left": null
  },
  "on_error": "skip",
  "format": "csv",
  "file_name": "file.csv",
  "source": null,
  "stop_after_errors": null,
  "created_by": "test-admin",
  "created_at": "2026-03-01T12:00:00.000Z",
  "started_at": "2026-03-01T12:00:00.000Z",
  "finished_at": "2026-03-01T12:00:00.000Z",
  "error": null,
  "detected": {
   "header": [
    "sku",
    "name"
   ],
   "styles": {},
   "columns": {
    "sku": "sku",
    "name": "name"
   },
   "encoding": "utf-8",
   "delimiter": ",",
   "questions": [],
   "header_row": 1,
   "encoding_by": "valid",
   "ignored_columns": []
  },
  "questions": [],
  "preview": null,
  "changed_since_preview": null,
  "errors_url": "/v1/imports/0199a1b2-0000-7000-8000-000000000030/errors",
  "errors_by_code": [
   {
    "code": "required",
    "rows": 1
   }
  ],
  "errors_sample": [
   {
    "row": 3,
    "column": "sku",
    "code": "required",
    "detail": "sku is missing; expected a value",
    "value": ""
   }
  ]
 },
 "get /v1/imports/{id}/errors 200": {
  "data": [
   {
    "row": 3,
    "column": "sku",
    "code": "required",
    "detail": "sku is missing; expected a value",
    "value": "",
    "cells": [
     "",
     "nothing"
    ]
   }
  ],
  "next_cursor": null
 },
 "get /v1/items 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "sku": "ASIDE-1",
    "name": "Item ASIDE-1",
    "description": null,
    "unit": "each",
    "category": null,
    "barcode": null,
    "cost": null,
    "price": null,
    "currency": "EUR",
    "tracking": "none",
    "units": {},
    "status": "active",
    "version": 1,
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   },
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "sku": "ASIDE-2",
    "name": "Item ASIDE-2",
    "description": null,
    "unit": "each",
    "category": null,
    "barcode": null,
    "cost": null,
    "price": null,
    "currency": "EUR",
    "tracking": "none",
    "units": {},
    "status": "active",
    "version": 1,
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": "WyJBU0lERS0yIl0"
 },
 "get /v1/items/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000001",
  "sku": "BOLT-M8",
  "name": "Bolt M8 x 30",
  "description": null,
  "unit": "each",
  "category": null,
  "barcode": null,
  "cost": null,
  "price": null,
  "currency": "EUR",
  "tracking": "none",
  "units": {
   "box": "12"
  },
  "status": "active",
  "version": 1,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "get /v1/jobs 200": {
  "data": [
   {
    "name": "refresh-views",
    "description": "Refreshes the materialized views that wide lists and reports read.",
    "cron": "* * * * *",
    "time_zone": "UTC",
    "when_missed": "none",
    "when_busy": "skip",
    "next_run_at": "2026-03-01T12:00:00.000Z",
    "last_run": null
   },
   {
    "name": "detect-low-stock",
    "description": "Raises stock.low and stock.recovered where a position crossed its reorder point.",
    "cron": "* * * * *",
    "time_zone": "UTC",
    "when_missed": "latest",
    "when_busy": "skip",
    "next_run_at": "2026-03-01T12:00:00.000Z",
    "last_run": {
     "id": "0199a1b2-0000-7000-8000-000000000041",
     "job": "detect-low-stock",
     "status": "queued",
     "trigger": "api",
     "slot": null,
     "requested_by": "test-admin",
     "rows": null,
     "outcome": null,
     "error": null,
     "attempts": 0,
     "created_at": "2026-03-01T12:00:00.000Z",
     "started_at": null,
     "finished_at": null,
     "duration_ms": null,
     "status_url": "/v1/jobs/detect-low-stock/runs/0199a1b2-0000-7000-8000-000000000041"
    }
   }
  ],
  "next_cursor": null
 },
 "get /v1/jobs/{name}/runs 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000041",
    "job": "detect-low-stock",
    "status": "queued",
    "trigger": "api",
    "slot": null,
    "requested_by": "test-admin",
    "rows": null,
    "outcome": null,
    "error": null,
    "attempts": 0,
    "created_at": "2026-03-01T12:00:00.000Z",
    "started_at": null,
    "finished_at": null,
    "duration_ms": null,
    "status_url": "/v1/jobs/detect-low-stock/runs/0199a1b2-0000-7000-8000-000000000041"
   }
  ],
  "next_cursor": null
 },
 "get /v1/jobs/{name}/runs/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000041",
  "job": "detect-low-stock",
  "status": "queued",
  "trigger": "api",
  "slot": null,
  "requested_by": "test-admin",
  "rows": null,
  "outcome": null,
  "error": null,
  "attempts": 0,
  "created_at": "2026-03-01T12:00:00.000Z",
  "started_at": null,
  "finished_at": null,
  "duration_ms": null,
  "status_url": "/v1/jobs/detect-low-stock/runs/0199a1b2-0000-7000-8000-000000000041"
 },
 "get /v1/lanes 200": {
  "data": [
   {
    "id": 0,
    "depth": 0,
    "depth_is_bounded": false,
    "oldest_accepted_at": null,
    "set_aside": 0,
    "events": 0,
    "last_decided_at": null,
    "halted_at": null,
    "halted_reason": null
   },
   {
    "id": 1,
    "depth": 0,
    "depth_is_bounded": false,
    "oldest_accepted_at": null,
    "set_aside": 0,
    "events": 0,
    "last_decided_at": null,
    "halted_at": null,
    "halted_reason": null
   }
  ],
  "next_cursor": null
 },
 "get /v1/ledger/verify 200": {
  "mode": "full",
  "checked": {
   "entries": 7,
   "levels": 4,
   "outcomes": 6,
   "inbox": 6,
   "undone": 2,
   "set_aside": 2,
   "events": 35,
   "lots": 1,
   "reservations": 1,
   "transits": 1,
   "reversals": 0,
   "audit": 52
  },
  "difference_count": 0,
  "differences": [],
  "anchor": {
   "compared": null,
   "outside": "none",
   "made": 1
  },
  "run": {
   "id": "0199a1b2-0000-7000-8000-000000000050",
   "job": "verify-ledger",
   "status": "completed",
   "trigger": "api",
   "slot": null,
   "requested_by": "example",
   "rows": null,
   "outcome": null,
   "error": null,
   "attempts": 0,
   "created_at": "2026-03-01T12:00:00.000Z",
   "started_at": "2026-03-01T12:00:00.000Z",
   "finished_at": "2026-03-01T12:00:00.000Z",
   "duration_ms": 0,
   "status_url": "/v1/jobs/verify-ledger/runs/0199a1b2-0000-7000-8000-000000000050"
  }
 },
 "get /v1/log-levels 200": {
  "data": [
   {
    "process": "api",
    "level": null,
    "until": null,
    "set_by": null,
    "set_at": null
   },
   {
    "process": "workers",
    "level": null,
    "until": null,
    "set_by": null,
    "set_at": null
   }
  ],
  "next_cursor": null
 },
 "get /v1/lots 200": {
  "data": [
   {
    "lot": "L-1",
    "sku": "PAINT-RED",
    "warehouse": "MAIN",
    "expires_on": null,
    "on_hand": "5",
    "reserved": "0",
    "unavailable": "0",
    "available": "5",
    "in_transit": "0",
    "updated_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": null
 },
 "get /v1/movements 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "status": "applied",
    "sku": "PAINT-RED",
    "warehouse": "MAIN",
    "balance_after": "5",
    "version": 1,
    "applied_at": "2026-03-01T12:00:00.000Z"
   },
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "status": "applied",
    "sku": "NUT-M8",
    "warehouse": "MAIN",
    "balance_after": "100",
    "version": 1,
    "applied_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": null
 },
 "get /v1/movements/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000010",
  "status": "applied",
  "sku": "BOLT-M8",
  "warehouse": "MAIN",
  "balance_after": "100",
  "version": 1,
  "applied_at": "2026-03-01T12:00:00.000Z",
  "type": "receipt",
  "quantity": "100"
 },
 "get /v1/periods 200": {
  "data": [],
  "next_cursor": null
 },
 "get /v1/purchase-history 200": {
  "data": [
   {
    "line_id": "0199a1b2-0000-7000-8000-000000000050",
    "purchase_order_id": "0199a1b2-0000-7000-8000-000000000023",
    "number": "PO-000004",
    "status": "sent",
    "supplier": "ACME",
    "warehouse": "MAIN",
    "sku": "BOLT-M8",
    "quantity": "100",
    "received_quantity": "0",
    "unit_cost": "0.1",
    "currency": "EUR",
    "unit_cost_change": null,
    "sent_at": "2026-03-01T12:00:00.000Z",
    "expected_on": "2026-12-05",
    "first_received_at": null,
    "last_received_at": null,
    "received_cost": null
   }
  ],
  "next_cursor": null
 },
 "get /v1/purchase-orders 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000024",
    "number": "PO-000005",
    "status": "draft",
    "supplier": "ACME",
    "warehouse": "MAIN",
    "currency": "EUR",
    "expected_on": "2026-12-05",
    "late": false,
    "days_late": 0,
    "note": null,
    "line_count": 1,
    "total_cost": "10",
    "created_by": "test-admin",
    "generated_by_run": null,
    "approved_by": null,
    "approved_at": null,
    "sent_at": null,
    "received_at": null,
    "cancelled_at": null,
    "version": 1,
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   },
   {
    "id": "0199a1b2-0000-7000-8000-000000000021",
    "number": "PO-000002",
    "status": "draft",
    "supplier": "ACME",
    "warehouse": "MAIN",
    "currency": "EUR",
    "expected_on": "2026-12-05",
    "late": false,
    "days_late": 0,
    "note": null,
    "line_count": 1,
    "total_cost": "10",
    "created_by": "test-admin",
    "generated_by_run": null,
    "approved_by": null,
    "approved_at": null,
    "sent_at": null,
    "received_at": null,
    "cancelled_at": null,
    "version": 1,
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": null
 },
 "get /v1/purchase-orders/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000020",
  "number": "PO-000001",
  "status": "draft",
  "supplier": "ACME",
  "warehouse": "MAIN",
  "currency": "EUR",
  "expected_on": "2026-12-05",
  "late": false,
  "days_late": 0,
  "note": null,
  "line_count": 1,
  "total_cost": "10",
  "created_by": "test-admin",
  "generated_by_run": null,
  "approved_by": null,
  "approved_at": null,
  "sent_at": null,
  "received_at": null,
  "cancelled_at": null,
  "version": 1,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z",
  "lines": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "line": 1,
    "sku": "BOLT-M8",
    "name": "Bolt M8 x 30",
    "quantity": "100",
    "received_quantity": "0",
    "open_quantity": "100",
    "unit_cost": "0.1",
    "explanation": null
   }
  ]
 },
 "get /v1/reorder-policies 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000005",
    "sku": "BOLT-M8",
    "warehouse": "MAIN",
    "method": "reorder_point",
    "reorder_point": "50",
    "reorder_quantity": "200",
    "min": null,
    "max": null,
    "safety_stock": null,
    "service_level": null,
    "review_days": null,
    "recovery_margin": null,
    "reorder_at": "50",
    "status": "active",
    "version": 1,
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": null
 },
 "get /v1/reorder-policies/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000005",
  "sku": "BOLT-M8",
  "warehouse": "MAIN",
  "method": "reorder_point",
  "reorder_point": "50",
  "reorder_quantity": "200",
  "min": null,
  "max": null,
  "safety_stock": null,
  "service_level": null,
  "review_days": null,
  "recovery_margin": null,
  "reorder_at": "50",
  "status": "active",
  "version": 1,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "get /v1/reorder-policies/{id}/plan 200": {
  "planned_at": "2026-03-01T12:00:00.000Z",
  "reviewed_on": null,
  "reorder_at": "50",
  "order_up_to": null,
  "working": {
   "forecast_method": "none",
   "demand_pattern": null,
   "weekly_season": false,
   "daily_trend": "0",
   "history_days": 365,
   "sample_days": 0,
   "demand_days": 0,
   "stock_out_days": 0,
   "outlier_days": 0,
   "daily_demand": "0",
   "daily_deviation": "0",
   "lead_time_days": "5",
   "lead_time_deviation": "0",
   "lead_time_source": "promised",
   "lead_time_supplier": "ACME",
   "lead_time_demand": "0",
   "protection_days": "6",
   "protection_demand": "0",
   "protection_deviation": "0",
   "service_level": "0.95",
   "safety_stock": "0",
   "economic_quantity": null
  }
 },
 "get /v1/report-schedules 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000044",
    "name": "",
    "report": "low_stock",
    "format": "csv",
    "parameters": {},
    "cron": "@daily",
    "time_zone": "UTC",
    "status": "active",
    "catch_up": "all",
    "period": null,
    "incremental": null,
    "first_day": null,
    "delivery": {
     "prefix": "reports/",
     "webhook": null
    },
    "warehouses": null,
    "next_run_at": "2026-03-01T12:00:00.000Z",
    "created_by": "test-admin",
    "version": 1,
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   },
   {
    "id": "0199a1b2-0000-7000-8000-000000000043",
    "name": "",
    "report": "low_stock",
    "format": "csv",
    "parameters": {},
    "cron": "@daily",
    "time_zone": "UTC",
    "status": "active",
    "catch_up": "all",
    "period": null,
    "incremental": null,
    "first_day": null,
    "delivery": {
     "prefix": "reports/",
     "webhook": null
    },
    "warehouses": null,
    "next_run_at": "2026-03-01T12:00:00.000Z",
    "created_by": "test-admin",
    "version": 1,
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": null
 },
 "get /v1/report-schedules/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000042",
  "name": "",
  "report": "low_stock",
  "format": "csv",
  "parameters": {},
  "cron": "@daily",
  "time_zone": "UTC",
  "status": "active",
  "catch_up": "all",
  "period": null,
  "incremental": null,
  "first_day": null,
  "delivery": {
   "prefix": "reports/",
   "webhook": null
  },
  "warehouses": null,
  "next_run_at": "2026-03-01T12:00:00.000Z",
  "created_by": "test-admin",
  "version": 1,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "get /v1/reports 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000040",
    "report": "low_stock",
    "format": "csv",
    "parameters": {},
    "warehouses": null,
    "status": "queued",
    "rows": null,
    "bytes": null,
    "objects": [],
    "manifest_key": null,
    "download_url": null,
    "reused": false,
    "as_of": null,
    "age_seconds": null,
    "expired_at": null,
    "error": null,
    "requested_by": "test-admin",
    "schedule_id": null,
    "slot": null,
    "delivery": null,
    "created_at": "2026-03-01T12:00:00.000Z",
    "started_at": null,
    "finished_at": null
   }
  ],
  "next_cursor": null
 },
 "get /v1/reports/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000040",
  "report": "low_stock",
  "format": "csv",
  "parameters": {},
  "warehouses": null,
  "status": "queued",
  "rows": null,
  "bytes": null,
  "objects": [],
  "manifest_key": null,
  "download_url": null,
  "reused": false,
  "as_of": null,
  "age_seconds": null,
  "expired_at": null,
  "error": null,
  "requested_by": "test-admin",
  "schedule_id": null,
  "slot": null,
  "delivery": null,
  "created_at": "2026-03-01T12:00:00.000Z",
  "started_at": null,
  "finished_at": null
 },
 "get /v1/reservations 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000013",
    "sku": "BOLT-M8",
    "warehouse": "MAIN",
    "lot": null,
    "status": "open",
    "quantity": "5",
    "open": "5",
    "issued": "0",
    "released": "0",
    "expires_at": null,
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": null
 },
 "get /v1/reservations/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000013",
  "sku": "BOLT-M8",
  "warehouse": "MAIN",
  "lot": null,
  "status": "open",
  "quantity": "5",
  "open": "5",
  "issued": "0",
  "released": "0",
  "expires_at": null,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "get /v1/service-clients 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000071",
    "name": "example",
    "scopes": [
     "read",
     "movements:write"
    ],
    "warehouses": null,
    "status": "active",
    "version": 1,
    "secret_changed_at": "2026-03-01T12:00:00.000Z",
    "last_used_at": null,
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": null
 },
 "get /v1/service-clients/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000071",
  "name": "example",
  "scopes": [
   "read",
   "movements:write"
  ],
  "warehouses": null,
  "status": "active",
  "version": 1,
  "secret_changed_at": "2026-03-01T12:00:00.000Z",
  "last_used_at": null,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "get /v1/set-aside-movements 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000015",
    "type": "receipt",
    "sku": "ASIDE-1",
    "warehouse": "MAIN",
    "to_warehouse": null,
    "quantity": "1",
    "lane": 29,
    "group": null,
    "error": "Error: an example of a fault",
    "set_aside_at": "2026-03-01T12:00:00.000Z",
    "movement": {
     "id": "0199a1b2-0000-7000-8000-000000000015",
     "seq": 7,
     "xid": "907",
     "lane": 29,
     "type": "receipt",
     "actor": "tester",
     "reason": null,
     "source": "api",
     "item_id": "0199a1b2-0000-7000-8000-000000000050",
     "currency": null,
     "group_id": null,
     "lot_code": null,
     "quantity": 1,
     "body_hash": "\\x987e34572b2e6c11bf8f5c306f98515c2c7f9c5966d70731b9ef54b2f59941f1",
     "source_id": null,
     "target_id": null,
     "unit_cost": null,
     "expires_at": null,
     "in_transit": false,
     "accepted_at": "2026-11-30T03:02:10.413711+00:00",
     "occurred_at": "2026-11-30T03:02:10.409+00:00",
     "traceparent": null,
     "reference_id": null,
     "warehouse_id": "0199a1b2-0000-7000-8000-000000000002",
     "lot_expires_on": null,
     "reference_type": null,
     "counted_version": null,
     "to_warehouse_id": null,
     "expected_version": null
    },
    "status_url": "/v1/movements/0199a1b2-0000-7000-8000-000000000015"
   },
   {
    "id": "0199a1b2-0000-7000-8000-000000000016",
    "type": "receipt",
    "sku": "ASIDE-2",
    "warehouse": "MAIN",
    "to_warehouse": null,
    "quantity": "1",
    "lane": 29,
    "group": null,
    "error": "Error: an example of a fault",
    "set_aside_at": "2026-03-01T12:00:00.000Z",
    "movement": {
     "id": "0199a1b2-0000-7000-8000-000000000016",
     "seq": 8,
     "xid": "915",
     "lane": 29,
     "type": "receipt",
     "actor": "tester",
     "reason": null,
     "source": "api",
     "item_id": "0199a1b2-0000-7000-8000-000000000050",
     "currency": null,
     "group_id": null,
     "lot_code": null,
     "quantity": 1,
     "body_hash": "\\x2831d1ec00c9d7d1959ffc74f72645c9f90d79bb824a9720e47566c98d089d70",
     "source_id": null,
     "target_id": null,
     "unit_cost": null,
     "expires_at": null,
     "in_transit": false,
     "accepted_at": "2026-11-30T03:02:10.755537+00:00",
     "occurred_at": "2026-11-30T03:02:10.736+00:00",
     "traceparent": null,
     "reference_id": null,
     "warehouse_id": "0199a1b2-0000-7000-8000-000000000002",
     "lot_expires_on": null,
     "reference_type": null,
     "counted_version": null,
     "to_warehouse_id": null,
     "expected_version": null
    },
    "status_url": "/v1/movements/0199a1b2-0000-7000-8000-000000000016"
   }
  ],
  "next_cursor": null
 },
 "get /v1/sinks 200": {
  "data": [
   {
    "name": "erp",
    "kind": "webhook",
    "paused": false,
    "paused_by": null,
    "publishing": false,
    "circuit": "closed",
    "failing_since": null,
    "lag_events": 35,
    "lag_seconds": 18.499,
    "positions": {
     "acknowledged_events": 0,
     "log_events": 35,
     "lanes_behind": 15
    },
    "dead_letters": 0,
    "oldest_waiting_at": "2026-03-01T12:00:00.000Z",
    "last_error": null,
    "last_error_at": null
   },
   {
    "name": "kafka",
    "kind": "kafka",
    "paused": false,
    "paused_by": null,
    "publishing": false,
    "circuit": "closed",
    "failing_since": null,
    "lag_events": 35,
    "lag_seconds": 18.499,
    "positions": {
     "acknowledged_events": 0,
     "log_events": 35,
     "lanes_behind": 15
    },
    "dead_letters": 2,
    "oldest_waiting_at": "2026-03-01T12:00:00.000Z",
    "last_error": null,
    "last_error_at": null
   }
  ],
  "next_cursor": null
 },
 "get /v1/sinks/{name} 200": {
  "name": "sqs",
  "kind": "sqs",
  "paused": false,
  "paused_by": null,
  "publishing": false,
  "circuit": "closed",
  "failing_since": null,
  "lag_events": 35,
  "lag_seconds": 18.533,
  "positions": {
   "acknowledged_events": 0,
   "log_events": 35,
   "lanes_behind": 15
  },
  "dead_letters": 0,
  "oldest_waiting_at": "2026-03-01T12:00:00.000Z",
  "last_error": null,
  "last_error_at": null
 },
 "get /v1/sinks/{name}/dead-letters 200": {
  "data": [],
  "next_cursor": null
 },
 "get /v1/sources 200": {
  "data": [
   {
    "source": "kafka:orders",
    "shards": [],
    "parked_letters": 2
   }
  ],
  "next_cursor": null
 },
 "get /v1/stock 200": {
  "data": [
   {
    "sku": "BOLT-M8",
    "warehouse": "MAIN",
    "on_hand": "91",
    "reserved": "5",
    "unavailable": "0",
    "available": "86",
    "incoming": "200",
    "in_transit": "0",
    "average_cost": "0.1",
    "version": 4,
    "updated_at": "2026-03-01T12:00:00.000Z"
   },
   {
    "sku": "NUT-M8",
    "warehouse": "MAIN",
    "on_hand": "100",
    "reserved": "0",
    "unavailable": "0",
    "available": "100",
    "incoming": "0",
    "in_transit": "0",
    "average_cost": null,
    "version": 1,
    "updated_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": null,
  "as_of": "2026-03-01T12:00:00.000Z",
  "age_seconds": 0
 },
 "get /v1/stock/{sku} 200": {
  "sku": "BOLT-M8",
  "warehouses": [
   {
    "warehouse": "MAIN",
    "on_hand": "91",
    "reserved": "5",
    "unavailable": "0",
    "available": "86",
    "incoming": "200",
    "in_transit": "0",
    "average_cost": "0.1",
    "version": 4,
    "updated_at": "2026-03-01T12:00:00.000Z"
   },
   {
    "warehouse": "NORTH",
    "on_hand": "0",
    "reserved": "0",
    "unavailable": "0",
    "available": "0",
    "incoming": "0",
    "in_transit": "10",
    "average_cost": null,
    "version": 1,
    "updated_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "totals": {
   "on_hand": "91",
   "reserved": "5",
   "unavailable": "0",
   "available": "86",
   "incoming": "200",
   "in_transit": "10"
  },
  "as_of": "2026-03-01T12:00:00.000Z",
  "age_seconds": 0
 },
 "get /v1/stock/{sku}/valuation 200": {
  "sku": "BOLT-M8",
  "method": "moving_average",
  "currency": "EUR",
  "warehouses": [
   {
    "warehouse": "MAIN",
    "quantity": "0",
    "unit_cost": null,
    "value": "0",
    "in_transit": {
     "quantity": "0",
     "value": "0"
    },
    "as_of": null,
    "valued_version": 0,
    "version": 4,
    "current": false
   },
   {
    "warehouse": "NORTH",
    "quantity": "0",
    "unit_cost": null,
    "value": "0",
    "in_transit": {
     "quantity": "0",
     "value": "0"
    },
    "as_of": null,
    "valued_version": 0,
    "version": 1,
    "current": false
   }
  ],
  "totals": {
   "quantity": "0",
   "value": "0",
   "in_transit": {
    "quantity": "0",
    "value": "0"
   }
  },
  "current": false
 },
 "get /v1/stock/{sku}/{warehouse} 200": {
  "sku": "BOLT-M8",
  "warehouse": "MAIN",
  "on_hand": "91",
  "reserved": "5",
  "unavailable": "0",
  "available": "86",
  "incoming": "200",
  "in_transit": "0",
  "average_cost": "0.1",
  "version": 4,
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "get /v1/stock/{sku}/{warehouse}/lots 200": {
  "data": [
   {
    "lot": "L-1",
    "sku": "PAINT-RED",
    "warehouse": "MAIN",
    "expires_on": null,
    "on_hand": "5",
    "reserved": "0",
    "unavailable": "0",
    "available": "5",
    "in_transit": "0",
    "updated_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": null
 },
 "get /v1/stock/{sku}/{warehouse}/movements 200": {
  "data": [
   {
    "movement_id": "0199a1b2-0000-7000-8000-000000000011",
    "type": "transfer",
    "quantity": "-10",
    "balance_after": "91",
    "reserved_after": "5",
    "version": 4,
    "unit_cost": null,
    "currency": null,
    "counterpart_warehouse": "NORTH",
    "reason": null,
    "reference": null,
    "source": "api",
    "actor": "test-admin",
    "occurred_at": "2026-03-01T12:00:00.000Z",
    "recorded_at": "2026-03-01T12:00:00.000Z",
    "hash": "0000000000000000000000000000000000000000000000000000000000000000"
   },
   {
    "movement_id": "0199a1b2-0000-7000-8000-000000000013",
    "type": "reserve",
    "quantity": "0",
    "balance_after": "101",
    "reserved_change": "5",
    "reserved_after": "5",
    "version": 3,
    "unit_cost": null,
    "currency": null,
    "counterpart_warehouse": null,
    "reason": null,
    "reference": null,
    "source": "api",
    "actor": "test-admin",
    "occurred_at": "2026-03-01T12:00:00.000Z",
    "recorded_at": "2026-03-01T12:00:00.000Z",
    "hash": "0000000000000000000000000000000000000000000000000000000000000000"
   }
  ],
  "next_cursor": "WyIzIl0"
 },
 "get /v1/stock/{sku}/{warehouse}/valuation 200": {
  "sku": "BOLT-M8",
  "method": "moving_average",
  "currency": "EUR",
  "warehouse": "MAIN",
  "quantity": "0",
  "unit_cost": null,
  "value": "0",
  "in_transit": {
   "quantity": "0",
   "value": "0"
  },
  "as_of": null,
  "valued_version": 0,
  "version": 4,
  "current": false
 },
 "get /v1/suppliers 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000003",
    "code": "ACME",
    "name": "Acme",
    "contact_name": null,
    "email": null,
    "phone": null,
    "address": null,
    "city": null,
    "country": null,
    "currency": "EUR",
    "lead_time_days": 5,
    "working_days": null,
    "holidays": [],
    "status": "active",
    "version": 1,
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   },
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "code": "GONE",
    "name": "Gone",
    "contact_name": null,
    "email": null,
    "phone": null,
    "address": null,
    "city": null,
    "country": null,
    "currency": null,
    "lead_time_days": null,
    "working_days": null,
    "holidays": [],
    "status": "active",
    "version": 1,
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": null
 },
 "get /v1/suppliers/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000003",
  "code": "ACME",
  "name": "Acme",
  "contact_name": null,
  "email": null,
  "phone": null,
  "address": null,
  "city": null,
  "country": null,
  "currency": "EUR",
  "lead_time_days": 5,
  "working_days": null,
  "holidays": [],
  "status": "active",
  "version": 1,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "get /v1/suppliers/{id}/items 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000004",
    "supplier": "ACME",
    "item_id": "0199a1b2-0000-7000-8000-000000000001",
    "sku": "BOLT-M8",
    "supplier_sku": null,
    "unit_cost": "0.1",
    "currency": "EUR",
    "moq": "1",
    "pack_size": "1",
    "order_multiple": null,
    "order_maximum": null,
    "price_breaks": [],
    "lead_time_days": null,
    "preferred": false,
    "status": "active",
    "version": 1,
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": null
 },
 "get /v1/suppliers/{id}/items/{item} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000004",
  "supplier": "ACME",
  "item_id": "0199a1b2-0000-7000-8000-000000000001",
  "sku": "BOLT-M8",
  "supplier_sku": null,
  "unit_cost": "0.1",
  "currency": "EUR",
  "moq": "1",
  "pack_size": "1",
  "order_multiple": null,
  "order_maximum": null,
  "price_breaks": [],
  "lead_time_days": null,
  "preferred": false,
  "status": "active",
  "version": 1,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "get /v1/transits 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000011",
    "line": 0,
    "sku": "BOLT-M8",
    "from_warehouse": "MAIN",
    "to_warehouse": "NORTH",
    "lot": null,
    "quantity": "10",
    "open": "10",
    "arrived": "0",
    "lost": "0",
    "shipped_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": null
 },
 "get /v1/users 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "email": "ann@example.com",
    "name": "Ann Example",
    "roles": [
     "operator"
    ],
    "warehouses": null,
    "status": "active",
    "version": 1,
    "last_signed_in_at": "2026-03-01T12:00:00.000Z",
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   },
   {
    "id": "0199a1b2-0000-7000-8000-000000000070",
    "email": "eve@example.com",
    "name": "Eve Example",
    "roles": [
     "viewer"
    ],
    "warehouses": null,
    "status": "active",
    "version": 1,
    "last_signed_in_at": null,
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": null
 },
 "get /v1/users/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000070",
  "email": "eve@example.com",
  "name": "Eve Example",
  "roles": [
   "viewer"
  ],
  "warehouses": null,
  "status": "active",
  "version": 1,
  "last_signed_in_at": null,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "get /v1/warehouses 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "code": "CLOSED",
    "name": "CLOSED",
    "address": null,
    "latitude": null,
    "longitude": null,
    "time_zone": "UTC",
    "allow_negative": false,
    "status": "active",
    "version": 1,
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   },
   {
    "id": "0199a1b2-0000-7000-8000-000000000002",
    "code": "MAIN",
    "name": "Main hall",
    "address": null,
    "latitude": 52.5,
    "longitude": 13.4,
    "time_zone": "UTC",
    "allow_negative": false,
    "status": "active",
    "version": 1,
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": null
 },
 "get /v1/warehouses/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000002",
  "code": "MAIN",
  "name": "Main hall",
  "address": null,
  "latitude": 52.5,
  "longitude": 13.4,
  "time_zone": "UTC",
  "allow_negative": false,
  "status": "active",
  "version": 1,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "get /v1/webhooks 200": {
  "data": [
   {
    "name": "erp",
    "url": "https://erp.example.com/hook",
    "types": [],
    "warehouses": [],
    "skus": [],
    "status": "active",
    "disabled_reason": null,
    "version": 1,
    "created_by": "test-admin",
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   },
   {
    "name": "old",
    "url": "https://erp.example.com/hook",
    "types": [],
    "warehouses": [],
    "skus": [],
    "status": "active",
    "disabled_reason": null,
    "version": 1,
    "created_by": "test-admin",
    "created_at": "2026-03-01T12:00:00.000Z",
    "updated_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": null
 },
 "get /v1/webhooks/{name} 200": {
  "name": "erp",
  "url": "https://erp.example.com/hook",
  "types": [],
  "warehouses": [],
  "skus": [],
  "status": "active",
  "disabled_reason": null,
  "version": 1,
  "created_by": "test-admin",
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "patch /v1/items/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000001",
  "sku": "BOLT-M8",
  "name": "Bolt M8 x 30, zinc",
  "description": null,
  "unit": "each",
  "category": null,
  "barcode": null,
  "cost": null,
  "price": null,
  "currency": "EUR",
  "tracking": "none",
  "units": {
   "box": "12"
  },
  "status": "active",
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "patch /v1/purchase-orders/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000020",
  "number": "PO-000001",
  "status": "draft",
  "supplier": "ACME",
  "warehouse": "MAIN",
  "currency": "EUR",
  "expected_on": "2030-01-31",
  "late": false,
  "days_late": 0,
  "note": "Ring before delivery",
  "line_count": 1,
  "total_cost": "10",
  "created_by": "test-admin",
  "generated_by_run": null,
  "approved_by": null,
  "approved_at": null,
  "sent_at": null,
  "received_at": null,
  "cancelled_at": null,
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z",
  "lines": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "line": 1,
    "sku": "BOLT-M8",
    "name": "Bolt M8 x 30, zinc",
    "quantity": "100",
    "received_quantity": "0",
    "open_quantity": "100",
    "unit_cost": "0.1",
    "explanation": null
   }
  ]
 },
 "patch /v1/reorder-policies/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000005",
  "sku": "BOLT-M8",
  "warehouse": "MAIN",
  "method": "reorder_point",
  "reorder_point": "60",
  "reorder_quantity": "200",
  "min": null,
  "max": null,
  "safety_stock": null,
  "service_level": null,
  "review_days": null,
  "recovery_margin": null,
  "reorder_at": "60",
  "status": "active",
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "patch /v1/report-schedules/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000042",
  "name": "",
  "report": "low_stock",
  "format": "csv",
  "parameters": {},
  "cron": "@daily",
  "time_zone": "UTC",
  "status": "paused",
  "catch_up": "all",
  "period": null,
  "incremental": null,
  "first_day": null,
  "delivery": {
   "prefix": "reports/",
   "webhook": null
  },
  "warehouses": null,
  "next_run_at": null,
  "created_by": "test-admin",
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z",
  "webhook_secret": null
 },
 "patch /v1/service-clients/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000071",
  "name": "example",
  "scopes": [
   "read"
  ],
  "warehouses": null,
  "status": "active",
  "version": 2,
  "secret_changed_at": "2026-03-01T12:00:00.000Z",
  "last_used_at": null,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "patch /v1/suppliers/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000003",
  "code": "ACME",
  "name": "Acme",
  "contact_name": "Max Example",
  "email": null,
  "phone": null,
  "address": null,
  "city": null,
  "country": null,
  "currency": "EUR",
  "lead_time_days": 5,
  "working_days": null,
  "holidays": [],
  "status": "active",
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "patch /v1/suppliers/{id}/items/{item} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000004",
  "supplier": "ACME",
  "item_id": "0199a1b2-0000-7000-8000-000000000001",
  "sku": "BOLT-M8",
  "supplier_sku": null,
  "unit_cost": "0.09",
  "currency": "EUR",
  "moq": "1",
  "pack_size": "1",
  "order_multiple": null,
  "order_maximum": null,
  "price_breaks": [],
  "lead_time_days": null,
  "preferred": false,
  "status": "active",
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "patch /v1/users/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000070",
  "email": "eve@example.com",
  "name": "Eve Example",
  "roles": [
   "viewer"
  ],
  "warehouses": [
   "MAIN"
  ],
  "status": "active",
  "version": 2,
  "last_signed_in_at": null,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "patch /v1/warehouses/{id} 200": {
  "id": "0199a1b2-0000-7000-8000-000000000002",
  "code": "MAIN",
  "name": "Main",
  "address": null,
  "latitude": 52.5,
  "longitude": 13.4,
  "time_zone": "UTC",
  "allow_negative": false,
  "status": "active",
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "patch /v1/webhooks/{name} 200": {
  "name": "erp",
  "url": "https://erp.example.com/hook",
  "types": [
   "stockline.purchase_order.*"
  ],
  "warehouses": [],
  "skus": [],
  "status": "active",
  "disabled_reason": null,
  "version": 2,
  "created_by": "test-admin",
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "post /v1/auth/login 200": {
  "access_token": "eyJhbGciOi.eyJzdWIiOi.signature",
  "token_type": "Bearer",
  "expires_in": 900,
  "refresh_token": "slr_…"
 },
 "post /v1/auth/refresh 200": {
  "access_token": "eyJhbGciOi.eyJzdWIiOi.signature",
  "token_type": "Bearer",
  "expires_in": 900,
  "refresh_token": "slr_…"
 },
 "post /v1/auth/token 200": {
  "access_token": "eyJhbGciOi.eyJzdWIiOi.signature",
  "token_type": "Bearer",
  "expires_in": 900,
  "scope": "read"
 },
 "post /v1/dead-letters/{id}/discard 200": {
  "id": "0199a1b2-0000-7000-8000-000000000063",
  "status": "discarded"
 },
 "post /v1/dead-letters/{id}/replay 202": {
  "id": "0199a1b2-0000-7000-8000-000000000062",
  "movement_id": "0199a1b2-0000-7000-8000-000000000050",
  "repeat": false,
  "status": "replayed",
  "status_url": "/v1/movements/0199a1b2-0000-7000-8000-000000000050"
 },
 "post /v1/imports 202": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "kind": "items",
  "mode": "commit",
  "status": "uploaded",
  "rows_total": 0,
  "rows_read": 0,
  "rows_valid": 0,
  "rows_invalid": 0,
  "rows_applied": 0,
  "rows_rejected": 0,
  "rows_skipped": 0,
  "bytes_read": 0,
  "bytes_total": 27,
  "progress": {
   "phase": "waiting",
   "done": 0,
   "total": 27,
   "unit": "bytes",
   "percent": 0,
   "rows_per_second": null,
   "bytes_per_second": null,
   "seconds_left": null
  },
  "on_error": "skip",
  "format": "csv",
  "file_name": "items.csv",
  "source": null,
  "stop_after_errors": null,
  "created_by": "test-admin",
  "created_at": "2026-03-01T12:00:00.000Z",
  "started_at": null,
  "finished_at": null,
  "error": null,
  "detected": {},
  "questions": [],
  "preview": null,
  "changed_since_preview": null,
  "errors_url": "/v1/imports/0199a1b2-0000-7000-8000-000000000050/errors",
  "errors_by_code": null,
  "errors_sample": []
 },
 "post /v1/imports/uploads 201": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "file_name": "items.csv",
  "bytes": 28,
  "part_bytes": 8388608,
  "parts_total": 1,
  "parts": [
   {
    "number": 1,
    "bytes": 28,
    "url": "https://storage.example.com/signed"
   }
  ],
  "next_part": null,
  "links_expire_at": "2026-03-01T12:00:00.000Z",
  "expires_at": "2026-03-01T12:00:00.000Z"
 },
 "post /v1/imports/uploads/{id}/complete 202": {
  "id": "0199a1b2-0000-7000-8000-000000000034",
  "kind": "items",
  "mode": "commit",
  "status": "uploaded",
  "rows_total": 0,
  "rows_read": 0,
  "rows_valid": 0,
  "rows_invalid": 0,
  "rows_applied": 0,
  "rows_rejected": 0,
  "rows_skipped": 0,
  "bytes_read": 0,
  "bytes_total": 25,
  "progress": {
   "phase": "waiting",
   "done": 0,
   "total": 25,
   "unit": "bytes",
   "percent": 0,
   "rows_per_second": null,
   "bytes_per_second": null,
   "seconds_left": null
  },
  "on_error": "skip",
  "format": null,
  "file_name": "items.csv",
  "source": null,
  "stop_after_errors": null,
  "created_by": "test-admin",
  "created_at": "2026-03-01T12:00:00.000Z",
  "started_at": null,
  "finished_at": null,
  "error": null,
  "detected": {},
  "questions": [],
  "preview": null,
  "changed_since_preview": null,
  "errors_url": "/v1/imports/0199a1b2-0000-7000-8000-000000000034/errors",
  "errors_by_code": null,
  "errors_sample": []
 },
 "post /v1/imports/{id}/cancel 202": {
  "id": "0199a1b2-0000-7000-8000-000000000032",
  "kind": "items",
  "mode": "commit",
  "status": "cancelled",
  "rows_total": 0,
  "rows_read": 0,
  "rows_valid": 0,
  "rows_invalid": 0,
  "rows_applied": 0,
  "rows_rejected": 0,
  "rows_skipped": 0,
  "bytes_read": 0,
  "bytes_total": 25,
  "progress": {
   "phase": "ended",
   "done": 0,
   "total": 0,
   "unit": "rows",
   "percent": 100,
   "rows_per_second": null,
   "bytes_per_second": null,
   "seconds_left": null
  },
  "on_error": "skip",
  "format": "csv",
  "file_name": "file.csv",
  "source": null,
  "stop_after_errors": null,
  "created_by": "test-admin",
  "created_at": "2026-03-01T12:00:00.000Z",
  "started_at": null,
  "finished_at": "2026-03-01T12:00:00.000Z",
  "error": null,
  "detected": {},
  "questions": [],
  "preview": null,
  "changed_since_preview": null,
  "errors_url": "/v1/imports/0199a1b2-0000-7000-8000-000000000032/errors",
  "errors_by_code": [],
  "errors_sample": []
 },
 "post /v1/imports/{id}/commit 202": {
  "id": "0199a1b2-0000-7000-8000-000000000031",
  "kind": "items",
  "mode": "commit",
  "status": "checking",
  "rows_total": 1,
  "rows_read": 1,
  "rows_valid": 1,
  "rows_invalid": 0,
  "rows_applied": 0,
  "rows_rejected": 0,
  "rows_skipped": 0,
  "bytes_read": 25,
  "bytes_total": 25,
  "progress": {
   "phase": "checking",
   "done": 0,
   "total": 1,
   "unit": "rows",
   "percent": 0,
   "rows_per_second": null,
   "bytes_per_second": null,
   "seconds_left": null
  },
  "on_error": "skip",
  "format": "csv",
  "file_name": "file.csv",
  "source": null,
  "stop_after_errors": null,
  "created_by": "test-admin",
  "created_at": "2026-03-01T12:00:00.000Z",
  "started_at": "2026-03-01T12:00:00.000Z",
  "finished_at": null,
  "error": null,
  "detected": {
   "header": [
    "sku",
    "name"
   ],
   "styles": {},
   "columns": {
    "sku": "sku",
    "name": "name"
   },
   "encoding": "utf-8",
   "delimiter": ",",
   "questions": [],
   "header_row": 1,
   "encoding_by": "valid",
   "ignored_columns": []
  },
  "questions": [],
  "preview": {
   "creates": 1,
   "updates": 0,
   "questions": [],
   "unchanged": 0
  },
  "changed_since_preview": null,
  "errors_url": "/v1/imports/0199a1b2-0000-7000-8000-000000000031/errors",
  "errors_by_code": null,
  "errors_sample": []
 },
 "post /v1/items 201": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "sku": "BOLT-M10",
  "name": "Bolt M10 x 40",
  "description": null,
  "unit": "each",
  "category": null,
  "barcode": null,
  "cost": "0.21",
  "price": null,
  "currency": "EUR",
  "tracking": "none",
  "units": {
   "box": "100"
  },
  "status": "active",
  "version": 1,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "post /v1/items/{id}/archive 200": {
  "id": "0199a1b2-0000-7000-8000-000000000006",
  "sku": "OLD",
  "name": "Old",
  "description": null,
  "unit": "each",
  "category": null,
  "barcode": null,
  "cost": null,
  "price": null,
  "currency": null,
  "tracking": "none",
  "units": {},
  "status": "archived",
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "post /v1/jobs/{name}/run 202": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "job": "detect-low-stock",
  "status": "queued",
  "trigger": "api",
  "slot": null,
  "requested_by": "test-admin",
  "rows": null,
  "outcome": null,
  "error": null,
  "attempts": 0,
  "created_at": "2026-03-01T12:00:00.000Z",
  "started_at": null,
  "finished_at": null,
  "duration_ms": null,
  "status_url": "/v1/jobs/detect-low-stock/runs/0199a1b2-0000-7000-8000-000000000050"
 },
 "post /v1/lanes/{id}/resume 200": {
  "id": 17,
  "status": "resumed"
 },
 "post /v1/ledger/verify 202": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "job": "verify-ledger-incremental",
  "status": "queued",
  "trigger": "api",
  "slot": null,
  "requested_by": "test-admin",
  "rows": null,
  "outcome": null,
  "error": null,
  "attempts": 0,
  "created_at": "2026-03-01T12:00:00.000Z",
  "started_at": null,
  "finished_at": null,
  "duration_ms": null,
  "status_url": "/v1/jobs/verify-ledger-incremental/runs/0199a1b2-0000-7000-8000-000000000050"
 },
 "post /v1/log-levels 200": {
  "data": [
   {
    "process": "api",
    "level": null,
    "until": null,
    "set_by": null,
    "set_at": null
   },
   {
    "process": "workers",
    "level": "debug",
    "until": "2026-03-01T12:00:00.000Z",
    "set_by": "test-admin",
    "set_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "next_cursor": null
 },
 "post /v1/movements 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "status": "applied",
    "sku": "BOLT-M8",
    "warehouse": "MAIN",
    "balance_after": "207",
    "version": 6,
    "applied_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "status_url": "/v1/movements/0199a1b2-0000-7000-8000-000000000050"
 },
 "post /v1/movements 202": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "status": "accepted"
   }
  ],
  "status_url": "/v1/movements/0199a1b2-0000-7000-8000-000000000050"
 },
 "post /v1/movements/{id}/arrive 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "status": "applied",
    "sku": "BOLT-M8",
    "warehouse": "NORTH",
    "balance_after": "9",
    "version": 2,
    "applied_at": "2026-03-01T12:00:00.000Z"
   },
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "status": "applied",
    "sku": "BOLT-M8",
    "warehouse": "NORTH",
    "balance_after": "9",
    "version": 3,
    "applied_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "status_url": "/v1/movements?request=0199a1b2-0000-7000-8000-000000000050"
 },
 "post /v1/movements/{id}/reverse 200": {
  "data": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "status": "applied",
    "sku": "BOLT-M8",
    "warehouse": "MAIN",
    "balance_after": "204",
    "version": 8,
    "applied_at": "2026-03-01T12:00:00.000Z"
   }
  ],
  "status_url": "/v1/movements/0199a1b2-0000-7000-8000-000000000050"
 },
 "post /v1/periods/{month}/close 200": {
  "month": "2020-01",
  "closed_by": "test-admin",
  "closed_at": "2026-03-01T12:00:00.000Z",
  "status": "closed"
 },
 "post /v1/privacy/erase 200": {
  "suppliers": 1,
  "import_rows": 0,
  "users": 0,
  "users_left": [],
  "movements": 0,
  "import_files": [],
  "events_from_before": 0
 },
 "post /v1/privacy/export 200": {
  "suppliers": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "contact_name": "Ada Example",
    "email": "ada@globex.example",
    "phone": "+49 30 1234567",
    "address": null,
    "code": "GLOBEX",
    "name": "Globex GmbH"
   }
  ],
  "users": [],
  "movements": [],
  "movements_total": 0,
  "import_files": [],
  "events_from_before": 0
 },
 "post /v1/privacy/rotate-keys 202": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "job": "protect-personal-data",
  "status": "queued",
  "trigger": "api",
  "slot": null,
  "requested_by": "test-admin",
  "rows": null,
  "outcome": null,
  "error": null,
  "attempts": 0,
  "created_at": "2026-03-01T12:00:00.000Z",
  "started_at": null,
  "finished_at": null,
  "duration_ms": null,
  "status_url": "/v1/jobs/protect-personal-data/runs/0199a1b2-0000-7000-8000-000000000050"
 },
 "post /v1/purchase-orders 201": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "number": "PO-000006",
  "status": "draft",
  "supplier": "ACME",
  "warehouse": "MAIN",
  "currency": "EUR",
  "expected_on": "2026-12-05",
  "late": false,
  "days_late": 0,
  "note": null,
  "line_count": 1,
  "total_cost": null,
  "created_by": "test-admin",
  "generated_by_run": null,
  "approved_by": null,
  "approved_at": null,
  "sent_at": null,
  "received_at": null,
  "cancelled_at": null,
  "version": 1,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z",
  "lines": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "line": 1,
    "sku": "BOLT-M8",
    "name": "Bolt M8 x 30, zinc",
    "quantity": "500",
    "received_quantity": "0",
    "open_quantity": "500",
    "unit_cost": null,
    "explanation": null
   }
  ]
 },
 "post /v1/purchase-orders/{id}/approve 200": {
  "id": "0199a1b2-0000-7000-8000-000000000021",
  "number": "PO-000002",
  "status": "approved",
  "supplier": "ACME",
  "warehouse": "MAIN",
  "currency": "EUR",
  "expected_on": "2026-12-05",
  "late": false,
  "days_late": 0,
  "note": null,
  "line_count": 1,
  "total_cost": "10",
  "created_by": "test-admin",
  "generated_by_run": null,
  "approved_by": "test-admin",
  "approved_at": "2026-03-01T12:00:00.000Z",
  "sent_at": null,
  "received_at": null,
  "cancelled_at": null,
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z",
  "lines": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "line": 1,
    "sku": "BOLT-M8",
    "name": "Bolt M8 x 30, zinc",
    "quantity": "100",
    "received_quantity": "0",
    "open_quantity": "100",
    "unit_cost": "0.1",
    "explanation": null
   }
  ]
 },
 "post /v1/purchase-orders/{id}/cancel 200": {
  "id": "0199a1b2-0000-7000-8000-000000000024",
  "number": "PO-000005",
  "status": "cancelled",
  "supplier": "ACME",
  "warehouse": "MAIN",
  "currency": "EUR",
  "expected_on": "2026-12-05",
  "late": false,
  "days_late": 0,
  "note": null,
  "line_count": 1,
  "total_cost": "10",
  "created_by": "test-admin",
  "generated_by_run": null,
  "approved_by": null,
  "approved_at": null,
  "sent_at": null,
  "received_at": null,
  "cancelled_at": "2026-03-01T12:00:00.000Z",
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z",
  "lines": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "line": 1,
    "sku": "BOLT-M8",
    "name": "Bolt M8 x 30, zinc",
    "quantity": "100",
    "received_quantity": "0",
    "open_quantity": "100",
    "unit_cost": "0.1",
    "explanation": null
   }
  ]
 },
 "post /v1/purchase-orders/{id}/document 200": {
  "key": "purchase-orders/0199a1b2-0000-7000-8000-000000000020/2.xlsx",
  "bytes": 7208,
  "version": 2,
  "download_url": "https://storage.example.com/signed"
 },
 "post /v1/purchase-orders/{id}/receive 200": {
  "id": "0199a1b2-0000-7000-8000-000000000023",
  "number": "PO-000004",
  "status": "partially_received",
  "supplier": "ACME",
  "warehouse": "MAIN",
  "currency": "EUR",
  "expected_on": "2026-12-05",
  "late": false,
  "days_late": 0,
  "note": null,
  "line_count": 1,
  "total_cost": "10",
  "created_by": "test-admin",
  "generated_by_run": null,
  "approved_by": "test-admin",
  "approved_at": "2026-03-01T12:00:00.000Z",
  "sent_at": "2026-03-01T12:00:00.000Z",
  "received_at": null,
  "cancelled_at": null,
  "version": 4,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z",
  "lines": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "line": 1,
    "sku": "BOLT-M8",
    "name": "Bolt M8 x 30, zinc",
    "quantity": "100",
    "received_quantity": "40",
    "open_quantity": "60",
    "unit_cost": "0.1",
    "explanation": null
   }
  ],
  "movements": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "line": 1,
    "sku": "BOLT-M8",
    "quantity": "40"
   }
  ]
 },
 "post /v1/purchase-orders/{id}/send 200": {
  "id": "0199a1b2-0000-7000-8000-000000000022",
  "number": "PO-000003",
  "status": "sent",
  "supplier": "ACME",
  "warehouse": "MAIN",
  "currency": "EUR",
  "expected_on": "2026-12-05",
  "late": false,
  "days_late": 0,
  "note": null,
  "line_count": 1,
  "total_cost": "10",
  "created_by": "test-admin",
  "generated_by_run": null,
  "approved_by": "test-admin",
  "approved_at": "2026-03-01T12:00:00.000Z",
  "sent_at": "2026-03-01T12:00:00.000Z",
  "received_at": null,
  "cancelled_at": null,
  "version": 3,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z",
  "lines": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000050",
    "line": 1,
    "sku": "BOLT-M8",
    "name": "Bolt M8 x 30, zinc",
    "quantity": "100",
    "received_quantity": "0",
    "open_quantity": "100",
    "unit_cost": "0.1",
    "explanation": null
   }
  ]
 },
 "post /v1/reorder-policies 201": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "sku": "NUT-M8",
  "warehouse": "MAIN",
  "method": "min_max",
  "reorder_point": null,
  "reorder_quantity": null,
  "min": "100",
  "max": "500",
  "safety_stock": null,
  "service_level": null,
  "review_days": null,
  "recovery_margin": null,
  "reorder_at": "100",
  "status": "active",
  "version": 1,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "post /v1/reorder-policies/{id}/archive 200": {
  "id": "0199a1b2-0000-7000-8000-000000000005",
  "sku": "BOLT-M8",
  "warehouse": "MAIN",
  "method": "reorder_point",
  "reorder_point": "60",
  "reorder_quantity": "200",
  "min": null,
  "max": null,
  "safety_stock": null,
  "service_level": null,
  "review_days": null,
  "recovery_margin": null,
  "reorder_at": "60",
  "status": "archived",
  "version": 3,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "post /v1/reorder-simulations 200": {
  "sku": "BOLT-M8",
  "warehouse": "MAIN",
  "method": "min_max",
  "from": "2026-03-02",
  "to": "2026-03-08",
  "warm_up_days": 0,
  "supplier": null,
  "unit_cost": null,
  "currency": null,
  "lead_time_days": 7,
  "reorder_at": "10",
  "report": {
   "days": 7,
   "demand": "41",
   "served": "40",
   "fill_rate": "0.9756",
   "stock_out_days": 1,
   "average_stock": "12.5714",
   "orders": 1,
   "ordered": "32",
   "purchase_cost": "0",
   "ordering_cost": "25",
   "holding_cost": "0",
   "shortage_cost": "0",
   "total_cost": "25"
  }
 },
 "post /v1/report-schedules 201": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "name": "Weekly turnover",
  "report": "inventory_turnover",
  "format": "xlsx",
  "parameters": {},
  "cron": "0 6 * * MON",
  "time_zone": "Europe/Berlin",
  "status": "active",
  "catch_up": "all",
  "period": "previous_week",
  "incremental": null,
  "first_day": null,
  "delivery": {
   "prefix": "reports/",
   "webhook": null
  },
  "warehouses": null,
  "next_run_at": "2026-03-01T12:00:00.000Z",
  "created_by": "test-admin",
  "version": 1,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z",
  "webhook_secret": null
 },
 "post /v1/report-schedules/{id}/archive 200": {
  "id": "0199a1b2-0000-7000-8000-000000000043",
  "name": "",
  "report": "low_stock",
  "format": "csv",
  "parameters": {},
  "cron": "@daily",
  "time_zone": "UTC",
  "status": "archived",
  "catch_up": "all",
  "period": null,
  "incremental": null,
  "first_day": null,
  "delivery": {
   "prefix": "reports/",
   "webhook": null
  },
  "warehouses": null,
  "next_run_at": null,
  "created_by": "test-admin",
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "post /v1/reports 202": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "report": "current_inventory",
  "format": "parquet",
  "parameters": {
   "warehouse": "MAIN"
  },
  "warehouses": [
   "MAIN"
  ],
  "status": "queued",
  "rows": null,
  "bytes": null,
  "objects": [],
  "manifest_key": null,
  "download_url": null,
  "reused": false,
  "as_of": null,
  "age_seconds": null,
  "expired_at": null,
  "error": null,
  "requested_by": "test-admin",
  "schedule_id": null,
  "slot": null,
  "delivery": null,
  "created_at": "2026-03-01T12:00:00.000Z",
  "started_at": null,
  "finished_at": null
 },
 "post /v1/service-clients 201": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "name": "web shop",
  "scopes": [
   "read",
   "movements:write"
  ],
  "warehouses": [
   "MAIN"
  ],
  "status": "active",
  "version": 1,
  "secret_changed_at": "2026-03-01T12:00:00.000Z",
  "last_used_at": null,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z",
  "client_secret": "slc_…"
 },
 "post /v1/service-clients/{id}/secret 200": {
  "id": "0199a1b2-0000-7000-8000-000000000071",
  "name": "example",
  "scopes": [
   "read"
  ],
  "warehouses": null,
  "status": "active",
  "version": 3,
  "secret_changed_at": "2026-03-01T12:00:00.000Z",
  "last_used_at": "2026-03-01T12:00:00.000Z",
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z",
  "client_secret": "slc_…"
 },
 "post /v1/set-aside-movements/{id}/discard 200": {
  "movements": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000016",
    "status": "rejected"
   }
  ]
 },
 "post /v1/set-aside-movements/{id}/retry 202": {
  "movements": [
   {
    "id": "0199a1b2-0000-7000-8000-000000000015",
    "status": "accepted"
   }
  ]
 },
 "post /v1/sinks/{name}/dead-letters/replay 202": {
  "letters": 0
 },
 "post /v1/sinks/{name}/dead-letters/{id}/replay 202": {
  "letters": 1
 },
 "post /v1/sinks/{name}/pause 200": {
  "name": "sqs",
  "kind": "sqs",
  "paused": true,
  "paused_by": "test-admin",
  "publishing": false,
  "circuit": "closed",
  "failing_since": null,
  "lag_events": 69,
  "lag_seconds": 21.222,
  "positions": {
   "acknowledged_events": 0,
   "log_events": 69,
   "lanes_behind": 15
  },
  "dead_letters": 0,
  "oldest_waiting_at": "2026-03-01T12:00:00.000Z",
  "last_error": null,
  "last_error_at": null
 },
 "post /v1/sinks/{name}/replay 202": {
  "name": "sqs",
  "from": "beginning",
  "events": 0
 },
 "post /v1/sinks/{name}/resume 200": {
  "name": "sqs",
  "kind": "sqs",
  "paused": false,
  "paused_by": null,
  "publishing": false,
  "circuit": "closed",
  "failing_since": null,
  "lag_events": 69,
  "lag_seconds": 21.243,
  "positions": {
   "acknowledged_events": 0,
   "log_events": 69,
   "lanes_behind": 15
  },
  "dead_letters": 0,
  "oldest_waiting_at": "2026-03-01T12:00:00.000Z",
  "last_error": null,
  "last_error_at": null
 },
 "post /v1/suppliers 201": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "code": "GLOBEX",
  "name": "Globex GmbH",
  "contact_name": "Ada Example",
  "email": "ada@globex.example",
  "phone": "+49 30 1234567",
  "address": null,
  "city": null,
  "country": "DE",
  "currency": "EUR",
  "lead_time_days": 7,
  "working_days": [
   "mon",
   "tue"
  ],
  "holidays": [
   "2026-12-25"
  ],
  "status": "active",
  "version": 1,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "post /v1/suppliers/{id}/archive 200": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "code": "GONE",
  "name": "Gone",
  "contact_name": null,
  "email": null,
  "phone": null,
  "address": null,
  "city": null,
  "country": null,
  "currency": null,
  "lead_time_days": null,
  "working_days": null,
  "holidays": [],
  "status": "archived",
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "post /v1/suppliers/{id}/items 201": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "supplier": "ACME",
  "item_id": "0199a1b2-0000-7000-8000-000000000050",
  "sku": "NUT-M8",
  "supplier_sku": null,
  "unit_cost": "0.03",
  "currency": "EUR",
  "moq": "200",
  "pack_size": "50",
  "order_multiple": null,
  "order_maximum": null,
  "price_breaks": [],
  "lead_time_days": null,
  "preferred": false,
  "status": "active",
  "version": 1,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "post /v1/suppliers/{id}/items/{item}/archive 200": {
  "id": "0199a1b2-0000-7000-8000-000000000004",
  "supplier": "ACME",
  "item_id": "0199a1b2-0000-7000-8000-000000000001",
  "sku": "BOLT-M8",
  "supplier_sku": null,
  "unit_cost": "0.09",
  "currency": "EUR",
  "moq": "1",
  "pack_size": "1",
  "order_multiple": null,
  "order_maximum": null,
  "price_breaks": [],
  "lead_time_days": null,
  "preferred": false,
  "status": "archived",
  "version": 3,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "post /v1/users 201": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "email": "carol@example.com",
  "name": "Carol Example",
  "roles": [
   "buyer"
  ],
  "warehouses": null,
  "status": "active",
  "version": 1,
  "last_signed_in_at": null,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "post /v1/users/{id}/sign-out 200": {
  "ended": 0
 },
 "post /v1/warehouses 201": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "code": "SOUTH",
  "name": "South",
  "address": null,
  "latitude": 48.14,
  "longitude": 11.58,
  "time_zone": "Europe/Berlin",
  "allow_negative": false,
  "status": "active",
  "version": 1,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "post /v1/warehouses/{id}/archive 200": {
  "id": "0199a1b2-0000-7000-8000-000000000050",
  "code": "CLOSED",
  "name": "CLOSED",
  "address": null,
  "latitude": null,
  "longitude": null,
  "time_zone": "UTC",
  "allow_negative": false,
  "status": "archived",
  "version": 2,
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z"
 },
 "post /v1/webhooks 201": {
  "name": "shop",
  "url": "https://shop.example.com/hooks/stock",
  "types": [
   "stockline.stock.*"
  ],
  "warehouses": [
   "MAIN"
  ],
  "skus": [],
  "status": "active",
  "disabled_reason": null,
  "version": 1,
  "created_by": "test-admin",
  "created_at": "2026-03-01T12:00:00.000Z",
  "updated_at": "2026-03-01T12:00:00.000Z",
  "secret": "whsec_…"
 },
 "post /v1/webhooks/{name}/rotate-secret 200": {
  "name": "erp",
  "secret": "whsec_…"
 }
};
