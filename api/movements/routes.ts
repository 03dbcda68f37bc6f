/** /v1/movements: accept movements, take them further, tell where they stand. */
import type { Route } from "../http/route.ts";
import type { MovementDeps } from "./movementDeps.ts";
import { postArrival, postReversal } from "./postConsequences.ts";
import { postMovements } from "./postMovements.ts";
import { getMovement, listMovements } from "./readMovements.ts";

/** Routes of movements. */
export function movementRoutes(deps: MovementDeps): Route[] {
  return [
    postMovements(deps),
    postArrival(deps),
    postReversal(deps),
    getMovement(deps),
    listMovements(deps),
  ];
}
