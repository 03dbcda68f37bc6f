/** The examples of all routes, as the OpenAPI document shows them. A new route's go into the file of its resource. */
import type { Route } from "../http/route.ts";
import { accessExamples } from "./access.ts";
import { catalogueExamples } from "./catalogue.ts";
import type { RouteExample, RouteExamples } from "./example.ts";
import { operationExamples } from "./operations.ts";
import { stockExamples } from "./stock.ts";
import { streamExamples } from "./streams.ts";
import { workExamples } from "./work.ts";

/** Every declared example by method and path. */
export const ROUTE_EXAMPLES: RouteExamples = {
  ...catalogueExamples,
  ...stockExamples,
  ...streamExamples,
  ...operationExamples,
  ...workExamples,
  ...accessExamples,
};

/** The examples of a route; a GET that needs nothing is its own example. */
export function examplesOf(route: Route): readonly RouteExample[] {
  const declared = ROUTE_EXAMPLES[`${route.method} ${route.path}`];
  if (declared !== undefined) return declared;
  const status = Object.keys(route.answers)
    .map(Number)
    .find((one) => one < 400);
  if (route.method !== "get" || route.path.includes("{") || status === undefined) return [];
  return [{ summary: route.summary, status }];
}
