/** Holds answers to what their routes declare: a problem with a code that its route does not name fails the test that got it. */

import { problemCodesOf } from "../../api/http/problemCodes.ts";
import type { Route } from "../../api/http/route.ts";

interface Answered {
  readonly method: string;
  /** With or without a query. */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/** Makes the check for these routes; it throws where a problem's code is not declared for its status. */
export function declaredProblems(routes: readonly Route[]): (answered: Answered) => void {
  const known = routes.map((route) => ({
    method: route.method.toUpperCase(),
    path: new RegExp(`^${route.path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]*")}$`),
    name: `${route.method.toUpperCase()} ${route.path}`,
    codes: problemCodesOf(route),
  }));
  return ({ method, path, status, body }) => {
    const [plain = ""] = path.split("?");
    const route = known.find((one) => one.method === method && one.path.test(plain));
    if (route === undefined) return; // nothing is mounted there
    const code: unknown = Object(body).code;
    const declared = Object.entries(route.codes).find(([one]) => Number(one) === status)?.[1] ?? [];
    if (typeof code === "string" && declared.includes(code)) return;
    throw new Error(
      `${route.name} answered ${status} with the code "${String(code)}", which api/problemTable.ts does not name for it`,
    );
  };
}
