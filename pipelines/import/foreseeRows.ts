/** What a dry run tells: creates against updates for entities; levels that would go negative or reach their reorder point. */
import type { DbClient } from "../../platform/postgres.ts";
import { isMovementKind } from "./importKinds.ts";
import { checkpointOf, kindOf } from "./importRun.ts";
import { entitiesForesee } from "./queries/entities.ts";
import type { ImportRow } from "./queries/imports.ts";
import { importNegativeLevels, importReorderCrossings } from "./queries/preview.ts";

/** Levels that each list of a preview names at most. */
const LISTED_MAX = 100;

/** Works out the preview of a checked import; writes nothing. */
export async function foreseeRows(tx: DbClient, row: ImportRow): Promise<unknown> {
  const kind = kindOf(row);
  if (!isMovementKind(kind)) {
    return entitiesForesee(tx, kind, {
      importId: row.id,
      from: 0,
      to: checkpointOf(row).staged_row,
    });
  }
  if (kind === "counts") return {};
  const args = { importId: row.id, limit: LISTED_MAX };
  return {
    negative_levels: await importNegativeLevels(tx, args),
    reorder_crossings: await importReorderCrossings(tx, args),
  };
}
