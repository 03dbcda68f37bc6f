/** Kinds of files that can be imported, and which permission each needs. */
import type { Row } from "../../client/operations.ts";
import { IMPORT_KINDS } from "../../domain/importWords.ts";
import type { Permission } from "../state/context.ts";

export type ImportKind = Row<"GET /v1/imports">["kind"];

/** Any of these may import something. */
export const IMPORT_PERMISSIONS: readonly Permission[] = [
  "imports:movements",
  "imports:catalogue",
  "purchasing:write",
];

/** What importing that kind needs. */
export function permissionOf(kind: ImportKind): Permission {
  if (kind === "movements" || kind === "counts") return "imports:movements";
  return kind === "purchase_orders" ? "purchasing:write" : "imports:catalogue";
}

/** Narrows a text of the address to a kind. */
export function asKind(text: string | undefined): ImportKind | undefined {
  return IMPORT_KINDS.find((one) => one === text);
}
