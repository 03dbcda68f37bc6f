/** GET /v1/imports/{id}/errors: the rows that did not go in, as a CSV that can be mended and sent again, or in pages of JSON. */
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { z } from "zod";
import { ConflictError } from "../../domain/errors.ts";
import {
  errorFile,
  type FaultDeps,
  faultyRows,
  type ImportRow,
} from "../../pipelines/import/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import { idField } from "../http/fields.ts";
import { decodeCursor, isCountPart, LIMIT_DEFAULT, toPage } from "../http/pagination.ts";
import { defineRoute, type Route, type RouteAnswer } from "../http/route.ts";
import { errorsOut, errorsQuery } from "./schema.ts";

export interface ErrorRouteDeps extends FaultDeps {
  readonly storage: Pick<ObjectStorage, "get">;
  /** The import, if the caller may see it; throws NotFoundError. */
  readonly readVisible: (caller: Caller, id: string) => Promise<ImportRow>;
}

type ErrorsQuery = z.output<typeof errorsQuery>;

/** The route of the rows that did not go in. */
export function errorRoutes(deps: ErrorRouteDeps): Route[] {
  return [
    defineRoute({
      method: "get",
      path: "/v1/imports/{id}/errors",
      tag: "Imports",
      summary: "The rows that went wrong, as CSV",
      description:
        "The columns of the file plus error_row, error_code and error_detail, in UTF-8 with a byte order mark and with the file's own delimiter: mend the rows and send the file again with the same mapping. Cells that a spreadsheet would run as a formula begin with an apostrophe, which an import takes off again. format=json answers pages of `{ row, column, code, detail, value, cells }`.",
      permission: "read",
      params: z.object({ id: idField }),
      query: errorsQuery,
      answers: {
        200: {
          description: "CSV; with format=json a page.",
          schema: z.string(),
          contentType: "text/csv",
          also: { "application/json": errorsOut },
        },
      },
      handler: async ({ params: { id }, query, caller }) => {
        const row = await deps.readVisible(caller, id);
        return query.format === "json"
          ? answerPage(deps, row, query)
          : answerFile(deps, row, query);
      },
    }),
  ];
}

async function answerPage(
  deps: FaultDeps,
  row: ImportRow,
  query: ErrorsQuery,
): Promise<RouteAnswer> {
  refuseExpired(row);
  const [after = "0"] = decodeCursor(query.cursor, [isCountPart]) ?? [];
  const { limit = LIMIT_DEFAULT } = query;
  const page = { ...filterOf(query), after: Number(after), limit: limit + 1 };
  const rows = await faultyRows(deps, row, page);
  const body = toPage(rows, { limit, keyOf: (one) => [String(one.row)], show: (one) => one });
  return { status: 200, body: errorsOut.parse(body) };
}

async function answerFile(
  { storage, ...deps }: ErrorRouteDeps,
  row: ImportRow,
  query: ErrorsQuery,
): Promise<Response> {
  const filter = filterOf(query);
  const isKept = row.rows_deleted_at !== null && row.error_file_key !== null;
  if (filter.code !== undefined || filter.withSkipped) refuseExpired(row);
  const source = isKept
    ? await storage.get(row.error_file_key ?? "")
    : Readable.from(encode(errorFile(deps, row, filter)));
  return new Response(Readable.toWeb(source) as ReadableStream<Uint8Array>, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="import-${row.id}-errors.csv"`,
    },
  });
}

function filterOf({ code, include }: ErrorsQuery) {
  return { code, withSkipped: include === "skipped" };
}

function refuseExpired({ id, rows_deleted_at: deletedAt }: ImportRow): void {
  if (deletedAt === null) return;
  throw new ConflictError({
    code: "rows_expired",
    detail: `the rows of import ${id} were removed on ${deletedAt.toISOString()}; its error file is kept as CSV, without filters`,
  });
}

async function* encode(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const text of texts) yield Buffer.from(text);
}
