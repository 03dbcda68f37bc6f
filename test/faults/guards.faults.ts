/** The last lines of defence: a level changed behind the lanes' lock, a row that poisons its group, a backlog past its depth. */
import { expect } from "vitest";
import { GroupCommit } from "../../pipelines/intake/groupCommit.ts";
import { toTestCommand } from "../support/command.ts";
import { fault } from "../support/faultRun.ts";
import { waitFor } from "../support/waitFor.ts";
import { asAdmin, queryAdmin, withStage } from "./stage.ts";

fault(["F20", "one row that the database refuses, in a group commit of 500"], async (run) =>
  withStage({ processes: ["workers"] }, async (stage) => {
    const group = new GroupCommit(stage.db, () => undefined);
    const [item] = stage.items;
    if (item === undefined) throw new Error("the stage has no item");
    for (let tries = 0; tries < run.times(3); tries += 1) {
      const poison = run.random.between(0, 499);
      const commands = Array.from({ length: 500 }, (_, n) =>
        toTestCommand({
          itemId: item.id,
          lane: item.lane,
          warehouseId: stage.mainWarehouse,
          quantity: n === poison ? "NaN" : "1", // NaN passes no range check of the table
        }),
      );
      const answers = await Promise.allSettled(commands.map((command) => group.accept([command])));
      const refused = answers.flatMap(({ status }, n) => (status === "rejected" ? [n] : []));
      expect(refused).toEqual([poison]);
      run.count("poisoned groups");
    }
    await stage.expectSound();
    const [level] = await queryAdmin(stage.adminUrl, "select on_hand::int as n from stock_levels");
    expect(level?.["n"]).toBe(499 * run.times(3));
  }),
);

fault(
  ["F24b", "large atomic groups over the same lanes come at once through two APIs"],
  async (run) =>
    withStage({ processes: ["api", "workers"] }, async (stage) => {
      const { instance } = stage;
      const second = await instance.start("api");
      const urls = [instance.url, `http://127.0.0.1:${second.port}`];
      const headers = {
        authorization: `Bearer ${await instance.token("operator")}`,
        "content-type": "application/json",
      };
      const post = async (): Promise<number> => {
        const movements = Array.from({ length: 150 }, () => ({
          type: "receipt",
          sku: `PLAIN-${run.random.between(0, 15)}`,
          warehouse: "MAIN",
          quantity: 1,
        }));
        const body = JSON.stringify({ movements, atomic: true });
        const url = `${run.random.pick(urls)}/v1/movements`;
        return (await fetch(url, { method: "POST", headers, body })).status;
      };
      for (let rounds = 0; rounds < run.times(6); rounds += 1) {
        const statuses = await Promise.all(Array.from({ length: 8 }, post));
        expect(new Set(statuses)).toEqual(new Set([202]));
        run.count("groups of 150 lines", statuses.length);
      }
      await stage.expectSound();
    }),
);

fault(["F41", "the backlog passes its depth, and is worked off again"], async (run) =>
  withStage({ processes: ["api"], env: { INBOX_DEPTH_MAX: "200" } }, async (stage) => {
    const load = await stage.startLoad(run, { backlogMax: 100_000 });
    await waitFor("requests to be sent away", () => load.retries > 20, { timeoutMs: 40_000 });
    const { body, status } = await stage.instance.call("GET", "/healthz");
    expect({ status, health: body.status }).toEqual({ status: 200, health: "ok" });
    run.count("accepted before", load.acked.size);
    await stage.instance.start("workers");
    const before = load.acked.size;
    await waitFor("the doors to open again", () => load.acked.size > before + 200, {
      timeoutMs: 40_000,
    });
    await load.stop();
    run.count("sent away", load.retries);
    expect(load.bare503s, "503 without Retry-After").toBe(0);
    await stage.expectSound(load);
  }),
);

fault(["P17", "a level is changed behind the lanes' lock, in the middle of a batch"], async (run) =>
  withStage({ processes: ["api"] }, async (stage) => {
    const body = (quantity: number) => ({
      type: "receipt",
      sku: "PLAIN-0",
      warehouse: "MAIN",
      quantity,
    });
    const post = (quantity: number) =>
      stage.instance.call("POST", "/v1/movements", { body: body(quantity) });
    for (let tries = 0; tries < run.times(2); tries += 1) {
      const worker = await stage.instance.start("workers", {
        STOCKLINE_FAIL_POINTS: "apply.after_read=pause:1500@2",
      });
      const atFailPoint = () => worker.complaints.some((line) => line.includes('"fail point"'));
      await post(10);
      await waitFor("the first receipt", () => stage.isSettled());
      await post(20);
      await waitFor("the worker to have read the level", atFailPoint);
      await asAdmin(stage.adminUrl, [
        "update stock_levels set on_hand = on_hand + 7, version = version + 1",
      ]);
      await waitFor("the second receipt", () => stage.isSettled());
      run.count("outside changes");
      await worker.stop();
      const [level] = await queryAdmin(
        stage.adminUrl,
        "select on_hand::int as n from stock_levels",
      );
      expect(level?.["n"], "what came in, and the outside change").toBe((tries + 1) * 37);
    }
  }),
);
