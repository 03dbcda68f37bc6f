/** Gives the events of crossings their places in the lanes of a batch, behind the events of its movements. */
import type { BatchColumns } from "./batchColumns.ts";

/** Places edges in their order and moves the lanes' next positions past them. Their lanes have decided something in this batch. */
export function placeEdges<Edge extends { readonly lane: number }>(
  lanes: BatchColumns["lanes"],
  edges: readonly Edge[],
): (Edge & { readonly place: { readonly position: number; readonly recordedAt: string } })[] {
  return edges.map((edge) => {
    const at = lanes.id.indexOf(edge.lane);
    const position = lanes.nextPosition[at];
    const recordedAt = lanes.recordedAt[at];
    if (position === undefined || recordedAt === undefined) {
      throw new Error(`lane ${edge.lane} of a crossing is not among the batch's`);
    }
    lanes.nextPosition[at] = position + 1;
    return { ...edge, place: { position, recordedAt } };
  });
}
