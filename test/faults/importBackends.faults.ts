/** What imports lean on goes away in mid-import: Redis, PostgreSQL, the object storage, the replies to commits. They go on afterwards. */
import { Redis } from "ioredis";
import { expect } from "vitest";
import { startPostgres } from "../../local/postgres.ts";
import { startS3 } from "../../local/s3.ts";
import { testBackends } from "../support/backends.ts";
import { comesOn, expectSameEnd, finished, sendGood } from "../support/faultedImport.ts";
import { type FaultRun, fault } from "../support/faultRun.ts";
import {
  asCsv,
  asGzip,
  asWorkbook,
  itemTable,
  movementTable,
} from "../support/importFaultFiles.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcpProxy.ts";
import { unbroken, withFileItems } from "./importBaseline.ts";
import type { Stage } from "./stage.ts";

const BOTH = ["api", "workers"] as const;
const log = () => undefined;

fault(
  ["F37d", "Redis forgets everything in mid-import, and then is away for the rest of it"],
  async (run) => {
    const file = asCsv(movementTable(run.random, 40_000));
    const wanted = await unbroken([file]);
    await withFileItems({ ownRedis: true, processes: BOTH }, async (stage) => {
      const client = new Redis(stage.redis?.env["REDIS_URL"] ?? "", { retryStrategy: () => null });
      const id = await sendGood(stage, file);
      for (let flushes = 0; flushes < run.times(5); flushes += 1) {
        await comesOn(stage.db, id, run.random.between(1, 5_000));
        await client.flushall();
        run.count("flushes");
      }
      client.disconnect();
      await stage.redis?.stop();
      run.count("outages");
      await finished(stage.db, id);
      await expectSameEnd(stage.db, wanted);
    });
  },
  { timeoutMs: 1_800_000 },
);

fault(
  ["F37e", "PostgreSQL is shut down at once (immediate) in mid-import, and comes back"],
  async (run) => {
    const files = [asCsv(itemTable(run.random, 15_000)), asCsv(movementTable(run.random, 40_000))];
    const wanted = await unbroken(files);
    await withFileItems({ ownPostgres: true, processes: BOTH }, async (stage) => {
      let { postgres } = stage;
      if (postgres === undefined) throw new Error("the stage has no PostgreSQL of its own");
      for (const file of files) {
        const id = await sendGood(stage, file);
        for (let shutdowns = 0; shutdowns < run.times(3); shutdowns += 1) {
          const { finished_at: isOver } = await comesOn(
            stage.db,
            id,
            run.random.between(1, 10_000),
          );
          if (isOver !== null) break;
          process.kill(postgres.pid, "SIGQUIT");
          await postgres.exited;
          run.count("shutdowns");
          const again = await startPostgres({ home: stage.home, port: postgres.port, log });
          stage.onStop(() => again.stop());
          postgres = again;
        }
        await finished(stage.db, id);
      }
      await expectSameEnd(stage.db, wanted);
    });
  },
  { timeoutMs: 1_800_000 },
);

/** Text that makes a file too large to lie in the buffers of a connection. */
const LONG_REASON = "moved ".repeat(80).trim();

interface StorageStage {
  readonly stage: Stage;
  readonly proxy: TcpProxy;
  /** Ends the storage's server, and starts it again with what it has stored. */
  readonly stopStorage: () => Promise<void>;
  readonly startStorage: () => Promise<void>;
}

/** A stage whose object storage is its own, reached by a proxy. */
async function withStorage(body: (parts: StorageStage) => Promise<void>): Promise<void> {
  const home = `${testBackends().home}/storage-${process.pid}-${Date.now()}`;
  let server = await startS3({ home, log });
  const proxy = await startTcpProxy(server.port);
  const env = { ...server.env, S3_ENDPOINT: `http://127.0.0.1:${proxy.port}` };
  try {
    await withFileItems({ processes: BOTH, env }, (stage) =>
      body({
        stage,
        proxy,
        stopStorage: () => server.stop(),
        startStorage: async () => {
          server = await startS3({ home, port: server.port, log });
        },
      }),
    );
  } finally {
    await proxy.close();
    await server.stop();
  }
}

fault(
  ["F37f", "the object storage resets, hangs and goes away while a worker reads from it"],
  async (run) => {
    const files = [
      asCsv(movementTable(run.random, 40_000, LONG_REASON)),
      asGzip(itemTable(run.random, 15_000)),
      await asWorkbook(movementTable(run.random, 10_000)),
    ];
    const wanted = await unbroken(files);
    await withStorage(async (parts) => {
      for (const file of files) {
        const id = await sendGood(parts.stage, file);
        // The hang comes last: connections that it has swallowed would be ended by the others.
        for (const harm of [...run.random.shuffle([resetStorage, stopStorage]), hangStorage]) {
          const state = await comesOn(parts.stage.db, id, run.random.between(1, 6_000));
          if (state.status === "reading") await harm(parts, run);
        }
        await finished(parts.stage.db, id);
      }
      await expectSameEnd(parts.stage.db, wanted);
    });
  },
  { timeoutMs: 1_800_000 },
);

async function resetStorage({ proxy }: StorageStage, run: FaultRun): Promise<void> {
  proxy.reset();
  run.count("resets");
}

/** The server takes what it is sent and never answers; connections that fell silent stay so. */
async function hangStorage({ proxy }: StorageStage, run: FaultRun): Promise<void> {
  proxy.blackHole();
  proxy.heal();
  run.count("hangs");
}

async function stopStorage(parts: StorageStage, run: FaultRun): Promise<void> {
  await parts.stopStorage();
  run.count("outages");
  await parts.startStorage();
}

fault(
  ["F37h", "commits of import steps stand but their replies are lost"],
  async (run) => {
    const files = [asCsv(itemTable(run.random, 15_000)), asCsv(movementTable(run.random, 40_000))];
    const wanted = await unbroken(files);
    await withFileItems({ processes: BOTH, proxied: true }, async (stage) => {
      for (const file of files) {
        const id = await sendGood(stage, file);
        stage.proxy.cutWhen((tags) => tags.at(-1) === "COMMIT" && run.random.next() < 0.15);
        await finished(stage.db, id);
        stage.proxy.cutWhen(undefined);
      }
      run.count("lost replies", stage.proxy.cuts);
      expect(stage.proxy.cuts).toBeGreaterThan(10);
      await expectSameEnd(stage.db, wanted);
    });
  },
  { timeoutMs: 1_800_000 },
);
