/** The whole API with the lane worker beside it, for tests of what movements do: posts that wait for their outcomes. */
import { createRoutes } from "../../api/routes.ts";
import { startApplyWorker } from "../../workers/applyLanes.ts";
import {
  type ApiHarness,
  createApiHarness,
  type HarnessAnswer,
  type HarnessRequest,
} from "./apiHarness.ts";

export interface MovementStage extends ApiHarness {
  /** Posts to the path (default /v1/movements) as an operator and waits for the outcomes. */
  post(body: unknown, options?: PostOptions): Promise<HarnessAnswer>;
  /** Posts one movement; answers its outcome. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read members of answers freely
  move(line: object, path?: string): Promise<any>;
  /** Posts one movement, which must be applied; answers its id. */
  apply(line: object, path?: string): Promise<string>;
  /** Creates an item. */
  item(sku: string, more?: object): Promise<void>;
  /** The level now, without any cache. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read members of answers freely
  level(sku: string, warehouse?: string): Promise<any>;
  /** What each lot has on hand, reserved, unavailable, in transit at the warehouse, by its code. */
  lots(sku: string, warehouse?: string): Promise<Record<string, string>>;
}

interface PostOptions extends Omit<HarnessRequest, "body"> {
  readonly path?: string;
}

/** Builds it; close it in afterAll. Warehouse A is there, and B, and LOOSE, which may go below zero. */
export async function createMovementStage(): Promise<MovementStage> {
  const api = await createApiHarness({ routes: createRoutes });
  const worker = startApplyWorker(api.context);
  for (const code of ["A", "B", "LOOSE"]) {
    const body = { code, name: `Warehouse ${code}`, allow_negative: code === "LOOSE" };
    await expectStatus(201, api.request("POST", "/v1/warehouses", { body }));
  }
  const post: MovementStage["post"] = (body, { path = "/v1/movements", headers, ...more } = {}) =>
    api.request("POST", path, {
      body,
      role: "operator",
      ...more,
      headers: { prefer: "wait=10", ...headers },
    });
  const move: MovementStage["move"] = async (line, path = "/v1/movements") => {
    const answer = await expectStatus(200, post(line, { path }));
    return answer.body.data[0];
  };
  return {
    ...api,
    post,
    move,
    apply: async (line, path) => {
      const outcome = await move(line, path);
      if (outcome.status !== "applied") throw new Error(JSON.stringify(outcome));
      return outcome.id;
    },
    item: async (sku, more = {}) => {
      const body = { sku, name: `Item ${sku}`, currency: "EUR", ...more };
      await expectStatus(201, api.request("POST", "/v1/items", { body }));
    },
    level: async (sku, warehouse = "A") => {
      const path = `/v1/stock/${encodeURIComponent(sku)}/${warehouse}`;
      const headers = { "cache-control": "no-cache" };
      return (await expectStatus(200, api.request("GET", path, { headers }))).body;
    },
    lots: async (sku, warehouse = "A") => {
      const { rows } = await api.context.db.query<{ code: string; figures: string }>(
        `select l.code,
           concat_ws(' ', trim_scale(b.on_hand), trim_scale(b.reserved), trim_scale(b.unavailable), trim_scale(b.in_transit)) as figures
         from lot_balances b
         join lots l on l.id = b.lot_id
         join inventory_items i on i.id = b.item_id
         join warehouses w on w.id = b.warehouse_id
         where i.sku = $1 and w.code = $2`,
        [sku, warehouse],
      );
      return Object.fromEntries(rows.map((row) => [row.code, row.figures]));
    },
    close: async () => {
      await worker.stop();
      await api.close();
    },
  };
}

async function expectStatus(
  status: number,
  answering: Promise<HarnessAnswer>,
): Promise<HarnessAnswer> {
  const answer = await answering;
  if (answer.status !== status) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}
