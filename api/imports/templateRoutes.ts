/** GET /v1/imports/templates/{kind}: an empty file of a kind, ready to be filled in. */
import { z } from "zod";
import { IMPORT_KINDS } from "../../domain/importWords.ts";
import { importTemplate, TEMPLATE_FORMATS } from "../../pipelines/import/index.ts";
import { defineRoute, type Route } from "../http/route.ts";

const CONTENT_TYPES = {
  csv: "text/csv; charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;

/** Routes of templates. */
export function templateRoutes(): Route[] {
  return [
    defineRoute({
      method: "get",
      path: "/v1/imports/templates/{kind}",
      tag: "Imports",
      summary: "An empty file of a kind, to be filled in",
      description:
        "CSV: the headings alone. XLSX: a sheet Data whose columns keep what is typed (codes as text, closed lists to choose from) and a sheet Notes with what each column may hold.",
      permission: "read",
      params: z.object({ kind: z.enum(IMPORT_KINDS) }),
      query: z.strictObject({ format: z.enum(TEMPLATE_FORMATS).default("csv") }),
      answers: {
        200: { description: "The file.", schema: z.string(), contentType: "text/csv" },
      },
      handler: async ({ params: { kind }, query: { format } }) =>
        new Response(await importTemplate(kind, format), {
          headers: {
            "content-type": CONTENT_TYPES[format],
            "content-disposition": `attachment; filename="${kind}.${format}"`,
          },
        }),
    }),
  ];
}
