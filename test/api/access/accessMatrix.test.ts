/**
 * Who may do what: every operation of openapi.json, asked by every role, by a machine client with each single scope, and by a caller
 * who is limited to warehouses. What is allowed stands in docs/access-matrix.md and nowhere else: a difference fails, and a new route
 * shows as a line to review (mend: npm test -- test/api/access -u).
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { PERMISSIONS, ROLES } from "../../../domain/roles.ts";
import {
  type ApiHarness,
  createApiHarness,
  type HarnessRequest,
} from "../../support/apiHarness.ts";

let api: ApiHarness;
beforeAll(async () => {
  api = await createApiHarness({ routes: createRoutes });
});
afterAll(() => api.close());

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
}

async function operations(): Promise<Operation[]> {
  const { body } = await api.request("GET", "/openapi.json", { role: "none" });
  return Object.entries<Record<string, { security: unknown[] }>>(body.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => ({
        method: method.toUpperCase(),
        path,
        isPublic: security.length === 0,
      })),
  );
}

/** Nothing has this id, so that what is allowed finds nothing and changes nothing. */
const NOBODY = "00000000-0000-7000-8000-000000000000";

/** How the gate answers: past it anything but 401 and 403 may come. */
async function ask({ method, path }: Operation, request: HarnessRequest): Promise<number> {
  const filled = path.replaceAll(/\{\w+\}/g, NOBODY);
  const response = await api.fetch(method, filled, {
    ...request,
    ...(method === "GET" ? {} : { body: { no_such_field: true } }),
  });
  await response.body?.cancel();
  return response.status;
}

const mark = (status: number): string => {
  if (status === 401) return "401";
  return status === 403 ? "–" : "yes";
};

test("every route answers every role, scope and limit as the matrix says", async () => {
  const lines: string[] = [];
  for (const operation of await operations()) {
    const name = `${operation.method} ${operation.path}`;
    const anonymous = await ask(operation, { role: "none" });
    if (operation.isPublic) {
      lines.push(`| ${name} | public | | | | | | |`);
      continue;
    }
    expect([name, anonymous]).toEqual([name, 401]);
    const roles: string[] = [];
    for (const role of ROLES.filter((one) => one !== "service")) {
      roles.push(mark(await ask(operation, { role })));
    }
    expect([name, await ask(operation, { role: "service", scopes: [] })]).toEqual([
      name,
      operation.path === "/v1/auth/me" || operation.path === "/v1/auth/password"
        ? expect.any(Number)
        : 403,
    ]);
    const scopes: string[] = [];
    for (const scope of PERMISSIONS) {
      const status = await ask(operation, { role: "service", scopes: [scope] });
      if (mark(status) === "yes") scopes.push(scope);
    }
    const shown = scopes.length === PERMISSIONS.length ? "any token" : scopes.join(", ");
    lines.push(`| ${name} | ${shown} | ${roles.join(" | ")} |`);
  }
  const head = [
    "# Who may do what",
    "",
    "Held by `test/api/access/accessMatrix.test.ts` against the running API. The second column names the scopes by which a machine",
    "client may; the others are roles. A dash is 403; without a token every route that is not public answers 401.",
    "",
    "| route | scope | viewer | operator | buyer | analyst | admin |",
    "| --- | --- | --- | --- | --- | --- | --- |",
  ];
  const text = [...head, ...lines.toSorted((a, b) => a.localeCompare(b, "en"))].join("\n");
  await expect(
    `${text.replaceAll("| | | | | | |", "| yes | yes | yes | yes | yes |")}\n`,
  ).toMatchFileSnapshot("../../../docs/access-matrix.md");
}, 300_000);
