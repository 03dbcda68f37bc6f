/** Faults of acceptance: the API dies around its commit, the commit's reply is lost, ids come again, and rows commit out of order. */
import { expect } from "vitest";
import { keepHouse } from "../../pipelines/housekeeping/index.ts";
import { appendToInbox } from "../../pipelines/intake/index.ts";
import { newId } from "../../platform/clock.ts";
import { toTestCommand } from "../support/command.ts";
import { type FaultRun, fault } from "../support/faultRun.ts";
import { housekeepingOf } from "../support/housekeeping.ts";
import type { RunningProcess } from "../support/instance.ts";
import { waitFor } from "../support/waitFor.ts";
import { asAdmin, type Stage, withStage } from "./stage.ts";

fault(["F2", "the API is killed between the insert, its commit and the 202"], async (run) =>
  withStage({ processes: ["workers"] }, async (stage) => {
    let api = await stage.instance.start("api");
    const load = await stage.startLoad(run);
    const places = ["intake.before_insert", "intake.after_commit", undefined] as const;
    for (let kills = 0; kills < run.times(9); kills += 1) {
      const place = places[kills % places.length];
      const at = run.random.between(1, 40);
      const env = place === undefined ? {} : { STOCKLINE_FAIL_POINTS: `${place}=kill@${at}` };
      await api.kill();
      run.count("kills");
      api = await stage.instance.start("api", env);
      const before = load.acked.size;
      if (place === undefined) await waitFor("load", () => load.acked.size > before + at);
      else
        await waitFor(`the API to die at ${place}`, () => api.hasExited(), { timeoutMs: 20_000 });
    }
    await api.kill();
    await stage.instance.start("api");
    await load.stop();
    run.count("movements", load.acked.size);
    run.count("requests sent again", load.retries);
    await stage.expectSound(load);
  }),
);

fault(["F3", "commits stand but their replies are lost: accept, drain and cursor"], async (run) =>
  withStage({ processes: ["api", "workers"], proxied: true }, async (stage) => {
    const { random } = run;
    const load = await stage.startLoad(run);
    const wanted = run.times(60);
    const cutOf = { INSERT: 0, COMMIT: 0, UPDATE: 0 };
    stage.proxy.cutWhen((tags) => {
      const [kind] = tags.at(-1)?.split(" ") ?? [];
      if (kind !== "INSERT" && kind !== "COMMIT" && kind !== "UPDATE") return false;
      if (random.next() > 0.2) return false;
      cutOf[kind] += 1;
      return true;
    });
    await waitFor("lost replies", () => stage.proxy.cuts >= wanted, { timeoutMs: 60_000 });
    stage.proxy.cutWhen(undefined);
    await load.stop();
    run.count("lost replies", stage.proxy.cuts);
    run.count("of accepts", cutOf.INSERT);
    run.count("of drains", cutOf.COMMIT);
    run.count("movements", load.acked.size);
    expect(cutOf.INSERT, "lost replies to accepts").toBeGreaterThan(0);
    expect(cutOf.COMMIT, "lost replies to drains").toBeGreaterThan(0);
    expect(load.bare503s, "503 without Retry-After").toBe(0);
    await stage.expectSound(load);
  }),
);

interface Posted {
  readonly status: number;
  readonly replayed: boolean;
  readonly body: {
    readonly code?: string;
    readonly data?: readonly { status: string; code?: string }[];
  };
}

async function poster(stage: Stage) {
  const headers = {
    authorization: `Bearer ${await stage.instance.token("operator")}`,
    "content-type": "application/json",
  };
  return async (url: string, body: unknown, wait = 0): Promise<Posted> => {
    const response = await fetch(`${url}/v1/movements`, {
      method: "POST",
      headers: wait > 0 ? { ...headers, prefer: `wait=${wait}` } : headers,
      body: JSON.stringify(body),
    });
    const parsed = (await response.json()) as Posted["body"];
    const replayed = response.headers.get("idempotency-replayed") === "true";
    return { status: response.status, replayed, body: parsed };
  };
}

const receipt = (id: string, sku = "PLAIN-0", quantity = 1) => ({
  id,
  type: "receipt",
  sku,
  warehouse: "MAIN",
  quantity,
});

async function ageEverything(stage: Stage, days: number): Promise<void> {
  await asAdmin(stage.adminUrl, [
    "set session_replication_role = replica", // as if so much time had passed: also what is never changed
    `update movement_inbox set accepted_at = accepted_at - interval '${days} days'`,
    `update movement_outcomes set decided_at = decided_at - interval '${days} days'`,
    "update lanes set low_water = (select max(seq) from movement_inbox)",
    "update inbox_horizon set safe_seq = (select max(seq) from movement_inbox)",
  ]);
}

fault(
  ["F16", "each message comes three times, shuffled over four consumers, and again after a week"],
  async (run) =>
    withStage({ processes: ["api", "workers"] }, async (stage) => {
      const post = await poster(stage);
      const ids = Array.from({ length: run.times(120) }, () => newId());
      const rest = run.random.shuffle([...ids, ...ids, ...ids]).values();
      const answers: Posted[] = [];
      const consumers = Array.from({ length: 4 }, async () => {
        for (const id of rest) answers.push(await post(stage.instance.url, receipt(id)));
      });
      await Promise.all(consumers);
      expect(answers.filter(({ status }) => status !== 202)).toEqual([]);
      expect(answers.filter(({ replayed }) => replayed).length).toBe(ids.length * 2);
      await stage.expectSound();
      await ageEverything(stage, 8);
      const { inbox_rows_deleted: deleted } = await keepHouse(
        housekeepingOf(stage.db),
        AbortSignal.timeout(30_000),
      );
      expect(deleted, "inbox rows that have served their time").toBe(ids.length);
      const late = await Promise.all(ids.map((id) => post(stage.instance.url, receipt(id))));
      expect(late.filter(({ status, replayed }) => status !== 202 || !replayed)).toEqual([]);
      run.count("duplicates", ids.length * 3);
      const level = await stage.instance.call("GET", "/v1/stock/PLAIN-0/MAIN");
      expect(level.body.on_hand).toBe(String(ids.length));
    }),
);

fault(["F17", "one id, another body each, 100 clients at once"], async (run) =>
  withStage({ processes: ["api", "workers"] }, async (stage) => {
    const post = await poster(stage);
    for (let tries = 0; tries < run.times(10); tries += 1) {
      const id = newId();
      const bodies = Array.from({ length: 100 }, (_, n) => receipt(id, "PLAIN-1", n + 1));
      const all = () => Promise.all(bodies.map((body) => post(stage.instance.url, body)));
      const first = await all();
      const winner = first.findIndex(({ status }) => status === 202);
      for (const round of [first, await all()]) {
        expect(round.map(({ status }) => status)).toEqual(
          bodies.map((_, n) => (n === winner ? 202 : 422)),
        );
        expect(new Set(round.map(({ body }) => body.code))).toEqual(
          new Set([undefined, "id_reused"]),
        );
      }
      run.count("ids");
    }
    await stage.expectSound();
  }),
);

fault(["F18", "one id, one body, 100 clients over four APIs at once"], async (run) =>
  withStage({ processes: ["api", "workers"] }, async (stage) => {
    const post = await poster(stage);
    const more = await Promise.all([1, 2, 3].map(() => stage.instance.start("api")));
    const urls = [stage.instance.processes.api, ...more].map((api) => urlOf(api));
    const ids = Array.from({ length: run.times(10) }, () => newId());
    for (const id of ids) {
      const posts = Array.from({ length: 100 }, (_, n) =>
        post(urls[n % 4] ?? "", receipt(id, "PLAIN-2")),
      );
      const answers = await Promise.all(posts);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
      run.count("ids");
    }
    await stage.expectSound();
    const level = await stage.instance.call("GET", "/v1/stock/PLAIN-2/MAIN");
    expect(level.body.on_hand).toBe(String(ids.length));
  }),
);

function urlOf(api: RunningProcess | undefined): string {
  return `http://127.0.0.1:${api?.port}`;
}

fault(["F19", "rejected for lack of stock, the stock comes, the id comes again"], async (run) =>
  withStage({ processes: ["api", "workers"] }, async (stage) => {
    const post = await poster(stage);
    const { url } = stage.instance;
    for (let tries = 0; tries < run.times(20); tries += 1) {
      const sku = `PLAIN-${tries % 16}`;
      const issue = { ...receipt(newId(), sku, 1_000 + tries), type: "issue" };
      const rejected = await post(url, issue, 10);
      expect(rejected.body.data?.[0]).toMatchObject({
        status: "rejected",
        code: "insufficient_stock",
      });
      await post(url, receipt(newId(), sku, 5), 10);
      await post(url, { ...receipt(newId(), sku, 5_000), type: "count" }, 10);
      const again = await post(url, issue, 10);
      expect(again.body.data?.[0]).toEqual(rejected.body.data?.[0]);
      expect(again.replayed).toBe(true);
      await post(url, { ...receipt(newId(), sku, 0), type: "count" }, 10);
      run.count("ids");
    }
    await stage.expectSound();
  }),
);

/** Accepts in a transaction of its own, as a purchase order's receipt does, and commits only when told to. */
async function acceptSlowly(stage: Stage, run: FaultRun, until: Promise<unknown>): Promise<number> {
  const tx = await stage.db.connect();
  const lines = Array.from({ length: run.random.between(1, 5) }, () => {
    const item = run.random.pick(stage.items.slice(0, 16));
    return toTestCommand({ itemId: item.id, lane: item.lane, warehouseId: stage.mainWarehouse });
  });
  try {
    await tx.query("begin");
    await appendToInbox(tx, lines);
    await until;
    await tx.query("commit");
  } finally {
    tx.release();
  }
  return lines.length;
}

fault(["F21", "rows of the inbox commit long after later ones were applied"], async (run) =>
  withStage({ processes: ["api", "workers"] }, async (stage) => {
    const load = await stage.startLoad(run, { kinds: "plain" });
    let held = 0;
    for (let rounds = 0; rounds < run.times(12); rounds += 1) {
      const decided = await stage.decided();
      const ahead = run.random.between(20, 200);
      const later = waitFor(
        "later movements to be applied",
        async () => (await stage.decided()) > decided + ahead,
        { timeoutMs: 20_000 },
      );
      const slow = Array.from({ length: 4 }, () => acceptSlowly(stage, run, later));
      held += (await Promise.all(slow)).reduce((sum, lines) => sum + lines, 0);
    }
    await load.stop();
    run.count("late rows", held);
    run.count("movements", load.acked.size);
    await stage.expectSound(load);
  }),
);

fault(["P7", "movements of one item are sent one after the other through two APIs"], async (run) =>
  withStage({ processes: ["api", "workers"] }, async (stage) => {
    const post = await poster(stage);
    const urls = [stage.instance.url, urlOf(await stage.instance.start("api"))];
    const ids: string[] = [];
    for (let n = 0; n < run.times(150); n += 1) {
      const id = newId();
      const { status } = await post(urls[n % 2] ?? "", receipt(id, "PLAIN-3"));
      expect(status).toBe(202);
      ids.push(id);
    }
    await stage.expectSound();
    const { rows } = await stage.db.query<{ movement_id: string }>({
      text: "select movement_id from stock_movements order by item_id, warehouse_id, version",
    });
    expect(rows.map((row) => row.movement_id)).toEqual(ids);
    run.count("movements", ids.length);
  }),
);
