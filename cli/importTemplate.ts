/** `import --template KIND`: saves an empty file of the kind, ready to be filled in. */
import { writeFile } from "node:fs/promises";
import type { ActionContext } from "./command.ts";

/** Saves the template: CSV where the file's name ends in .csv, else a workbook. Answers where it is. */
export async function saveTemplate(
  { client, io, answer }: ActionContext,
  { kind, out }: { readonly kind: string; readonly out: string | undefined },
): Promise<void> {
  const file = out ?? `${kind}.xlsx`;
  const format = file.toLowerCase().endsWith(".csv") ? "csv" : "xlsx";
  const path = `/v1/imports/templates/${encodeURIComponent(kind)}?format=${format}`;
  const template = await client.download(path);
  await writeFile(file, Buffer.from(await template.arrayBuffer()), { signal: io.signal });
  answer({ kind, format, file }, () => file);
}
