/** The command line without an API: help, where the API is looked for, and what each fault is called. */

import { writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { homeWithInstance, runLine, temporaryFolder } from "./cliFixtures.ts";

/** An API that answers as told. */
async function fakeApi(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("--help lists every command of the contract and what the status says", async () => {
  const { status, out } = await runLine(["--help"], {});
  expect(status).toBe(0);
  for (const name of ["import", "movements", "stock", "report", "orders", "jobs", "token"]) {
    expect(out).toMatch(new RegExp(`^  ${name}\\b`, "m"));
  }
  expect(out).toContain("ledger verify");
  expect(out).toContain("sinks replay");
  expect(out).toContain("3 the API refused");
});

describe("the API", () => {
  test("is found in the data folder, and gets a token of the local key", async () => {
    const seen: (string | undefined)[] = [];
    const url = await fakeApi((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{"data":[]}');
    });
    const { home } = await homeWithInstance({ url });
    const run = await runLine(["jobs", "list"], { STOCKLINE_HOME: home });
    expect(run).toEqual({ status: 0, out: "There are no jobs.\n", err: "" });
    expect(seen[0]).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
  });

  test("--url and --token win over STOCKLINE_URL and STOCKLINE_TOKEN", async () => {
    const seen: (string | undefined)[] = [];
    const url = await fakeApi((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{"data":[]}');
    });
    const env = { STOCKLINE_URL: "http://127.0.0.1:9", STOCKLINE_TOKEN: "first" };
    await runLine(["jobs", "list", "--url", url, "--token", "second"], env);
    await runLine(["--url", url, "sinks", "list"], env);
    expect(seen).toEqual(["Bearer second", "Bearer first"]);
  });

  test("elsewhere never gets a token of the local key", async () => {
    const { home } = await homeWithInstance();
    const args = ["stock", "--url", "https://stock.example"];
    const { status, err } = await runLine(args, { STOCKLINE_HOME: home });
    expect(status).toBe(2);
    expect(err).toContain("No token for https://stock.example: give one with --token");
  });
});

describe("faults", () => {
  test("a refusal is `code: detail` with the places it names, status 3", async () => {
    const errors = [
      { pointer: "/type", code: "not_allowed", detail: 'type "x" is not valid' },
      { pointer: "/quantity", code: "number_format", detail: "quantity is missing" },
    ];
    const problem = { code: "validation_failed", detail: "…", errors };
    const url = await fakeApi((_request, response) => {
      response.writeHead(422, { "content-type": "application/problem+json" });
      response.end(JSON.stringify(problem));
    });
    const args = ["movements", "post", "x", "A", "B", "-1", "--url", url, "--token", "t"];
    expect(await runLine(args, {})).toEqual({
      status: 3,
      out: "",
      err: 'validation_failed: 2 faults\n  /type: type "x" is not valid\n  /quantity: quantity is missing\n',
    });
  });

  test("a busy API is asked again as Retry-After says, with the same Idempotency-Key", async () => {
    const keys: unknown[] = [];
    const url = await fakeApi((request, response) => {
      keys.push(request.headers["idempotency-key"]);
      if (keys.length < 3) response.writeHead(503, { "retry-after": "0.01" });
      response.end('{"id":"r1","status":"queued"}');
    });
    const run = await runLine(["jobs", "run", "x", "--url", url, "--token", "t"], {});
    expect(run.status).toBe(0);
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(3);
  });

  test("no API, or one that is none of Stockline's, is status 4", async () => {
    const away = ["stock", "--token", "t", "--url"];
    const page = await fakeApi((_request, response) => response.end("<html>"));
    const other = await fakeApi((_request, response) => response.end('{"data": 1}'));
    const gone = await runLine([...away, "http://127.0.0.1:9"], {});
    expect(gone.status).toBe(4);
    expect(gone.err).toMatch(/^http:\/\/127\.0\.0\.1:9 can't be reached \(.+\)\n$/);
    expect(await runLine([...away, page], {})).toMatchObject({
      status: 4,
      err: "the answer to GET /v1/stock is not JSON; is the URL right?\n",
    });
    const unknown = await runLine([...away, other], {});
    expect(unknown.status).toBe(4);
    expect(unknown.err).toContain("is not one that this client knows (/data:");
  });

  test("Ctrl-C ends a wait with status 130, saying that the import goes on", async () => {
    const ctrlC = new AbortController();
    const state = { id: "i1", kind: "items", mode: "commit", status: "applying", rows_total: 9 };
    const url = await fakeApi((request, response) => {
      if (request.method === "GET") setImmediate(() => ctrlC.abort());
      response.end(JSON.stringify(state));
    });
    const file = join(temporaryFolder(), "items.csv");
    writeFileSync(file, "sku,name\n");
    const args = ["import", file, "--kind", "items", "--url", url, "--token", "t"];
    const { status, err } = await runLine(args, {}, ctrlC.signal);
    expect(status).toBe(130);
    expect(err).toContain(`The import goes on without this client: ${url}/v1/imports/i1`);
  });

  test("what is wrong with the command line is status 2, and nothing is sent", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "rows.csv");
    writeFileSync(file, "sku,name\n");
    const away = ["--url", "http://127.0.0.1:9", "--token", "t"];
    const wrong = [
      [["frob"], "unknown command 'frob'"],
      [["stock", "--limit", "none"], "Expected a whole number of at least 1."],
      [["stock", "--low", "--as-of", "2025-01-01T00:00:00Z"], "--as-of goes without --low"],
      [["movements", "post", "issue", "A", "B", "1", "--reference", "x"], "expected type:id"],
      [["orders", "receive", "00000000-0000-7000-8000-000000000000", "A"], "expected SKU=QUANTITY"],
      [["import", join(folder, "none.csv"), "--kind", "items"], "can't be read: ENOENT"],
      [["import", folder, "--kind", "items"], "is not a file"],
      [["import", file, "--kind", "things"], "Allowed choices are items, suppliers"],
      [["import", file, "--kind", "items", "--mapping", "{"], "--mapping is not a mapping in JSON"],
      [["import", file, "--kind", "items", "--mapping", file], "is not a mapping in JSON"],
      [["stock", "--url", "ftp://x"], '--url is "ftp://x"; expected an http(s) URL'],
    ] as const;
    for (const [args, sentence] of wrong) {
      const { status, err } = await runLine([...away, ...args], {});
      expect({ args, status, err }).toEqual({
        args,
        status: 2,
        err: expect.stringContaining(sentence),
      });
    }
    const env = { STOCKLINE_URL: "ftp://x" };
    expect(await runLine(["stock"], env)).toMatchObject({
      status: 2,
      err: 'STOCKLINE_URL is "ftp://x"; expected an http(s) URL\n',
    });
  });
});
