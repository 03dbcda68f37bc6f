/**
 * A small real HTTP server that holds callers to a contract of docs/partners/: every request must be a path, method, header and body
 * that the OpenAPI document allows. What it answers can be steered, so that a test sees what callers do when it fails.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { z } from "zod";
import { readProjectFile } from "./projectFiles.ts";

const operation = z.looseObject({
  requestBody: z
    .looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) })
    .optional(),
});
const contractSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({}),
});

export interface ContractCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/** What to answer: a status with a JSON body, or never. */
export type ContractAnswer =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | "hang";

export interface ContractServer {
  readonly url: string;
  /** Every request so far, whatever became of it. */
  readonly calls: ContractCall[];
  /** How requests broke the contract; [] is what a test expects. */
  readonly breaches: string[];
  /** What to answer from now on; default 204. */
  answer: (call: ContractCall) => ContractAnswer;
  stop(): Promise<void>;
}

/** Starts the server of a contract; throws where the contract itself is not valid OpenAPI. */
export async function startContractServer(file: string): Promise<ContractServer> {
  const document: unknown = parse(readProjectFile(file));
  const validity = await new Validator().validate(structuredClone(Object(document)));
  if (!validity.valid) throw new Error(`${file}: ${JSON.stringify(validity.errors)}`);
  const contract = contractSchema.parse(document);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: "contract", ...contract });
  const served: Pick<ContractServer, "calls" | "breaches" | "answer"> = {
    calls: [],
    breaches: [],
    answer: () => ({ status: 204 }),
  };
  const breachOf = (call: ContractCall): string | undefined => {
    const found = operationOf(contract, call);
    if (found === undefined) return "no such operation";
    if (call.method !== "GET" && !call.headers["idempotency-key"]) return "no idempotency-key";
    const type = call.headers["content-type"] ?? "";
    if (found.operation.requestBody === undefined) return undefined;
    if (!(type in found.operation.requestBody.content)) return `content type ${type}`;
    const pointer = [found.path, found.method, "requestBody", "content", type, "schema"]
      .map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")))
      .join("/");
    const check = ajv.getSchema(`contract#/paths/${pointer}`);
    if (check === undefined) return "no schema";
    return check(JSON.parse(call.text)) === true ? undefined : ajv.errorsText(check.errors);
  };
  const server = createServer((request, response) => {
    void readText(request).then((text) => {
      const { method = "", url = "", headers } = request;
      const call = { method, path: url, headers, text };
      served.calls.push(call);
      const breach = breachOf(call);
      if (breach !== undefined) served.breaches.push(`${method} ${url}: ${breach}`);
      reply(response, breach === undefined ? served.answer(call) : { status: 400 });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(served, {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function operationOf(contract: z.output<typeof contractSchema>, { method, path }: ContractCall) {
  for (const [template, operations] of Object.entries(contract.paths)) {
    const pattern = new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`);
    const found = operations[method.toLowerCase()];
    const [pathname = ""] = path.split("?");
    if (pattern.test(pathname) && found !== undefined) {
      return { path: template, method: method.toLowerCase(), operation: found };
    }
  }
  return undefined;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

function reply(response: ServerResponse, answer: ContractAnswer): void {
  if (answer === "hang") return;
  response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
  response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
}
