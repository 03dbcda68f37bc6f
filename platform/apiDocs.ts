/** Files of the readable API reference: Swagger UI as npm ships it, and the page and script of ours that start it. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

interface Asset {
  readonly contentType: string;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Stockline API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;
// validatorUrl: by default it asks a server of Swagger's about the document
const START = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#reference", deepLinking: true, validatorUrl: null });\n`;

const OWN: Readonly<Record<string, { contentType: string; text: string }>> = {
  "index.html": { contentType: "text/html; charset=utf-8", text: PAGE },
  "start.js": { contentType: "text/javascript; charset=utf-8", text: START },
};
const SHIPPED: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
};

/** The file of that name, if it is one of the reference's; names are looked up in a closed list, never used as paths. */
export function apiDocsAsset(name: string): Asset | undefined {
  const own = OWN[name];
  if (own !== undefined) {
    return { contentType: own.contentType, read: async () => new TextEncoder().encode(own.text) };
  }
  const contentType = SHIPPED[name];
  if (contentType === undefined) return undefined;
  const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  return { contentType, read: async () => new Uint8Array(await readFile(join(folder, name))) };
}
