/**
 * Intake: checked movements become durable in movement_inbox (Postgres), then lanes are woken. From the answer on a movement
 * survives the loss of any process and of Redis, and is decided exactly once.
 */
import { UnavailableError } from "../../domain/errors.ts";
import type { Context } from "../../platform/context.ts";
import { createWakeUps } from "../../platform/queues.ts";
import type { Acceptance } from "./appendToInbox.ts";
import { GroupCommit } from "./groupCommit.ts";
import { LaneWakeUps } from "./laneWakeUps.ts";
import type { MovementCommand } from "./movementCommand.ts";
import { movementInboxDepth } from "./queries.ts";

export { type Acceptance, appendToInbox } from "./appendToInbox.ts";
export { type HashedFields, hashMovementBody, type MovementCommand } from "./movementCommand.ts";
export { type MovementLine, resolveMovements } from "./resolveMovements.ts";

export interface Intake {
  /** Makes the commands durable and wakes their lanes; answers one acceptance a command, in order. */
  accept(commands: readonly MovementCommand[]): Promise<Acceptance[]>;
  /** Wakes lanes whose inbox rows were committed by the caller itself. */
  wakeLanes(lanes: Iterable<number>): void;
  close(): Promise<void>;
}

/** The depth is looked at this often; between looks the last figure stands. */
const DEPTH_CHECK_MS = 1_000;
const RETRY_AFTER_SECONDS = 5;

/** Opens the intake of a process. */
export function createIntake(context: Pick<Context, "db" | "config" | "log" | "metrics">): Intake {
  const { db, config, log, metrics } = context;
  const wakeUps = new LaneWakeUps(
    createWakeUps({
      name: "apply",
      redisUrl: config.REDIS_URL,
      prefix: config.REDIS_PREFIX,
      log,
    }),
  );
  const group = new GroupCommit(db, (commands) => {
    for (const command of commands) metrics.movementsAccepted.inc({ source: command.source });
    wakeUps.wake(commands.map((command) => command.lane));
  });
  const gate = depthGate(
    () => movementInboxDepth(db, config.INBOX_DEPTH_MAX),
    config.INBOX_DEPTH_MAX,
  );
  return {
    accept: async (commands) => {
      gate.check();
      return group.accept(commands);
    },
    wakeLanes: (lanes) => wakeUps.wake(lanes),
    close: async () => {
      gate.stop();
      await group.drain();
      await wakeUps.close();
    },
  };
}

/** Refuses new movements while the backlog is past its configured depth; looks at it in the background only. */
function depthGate(depth: () => Promise<number>, depthMax: number) {
  let last = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    last = await depth().catch(() => last); // the database is away: accept() itself will say so
    schedule();
  };
  const schedule = () => {
    timer = setTimeout(() => void look(), DEPTH_CHECK_MS);
    timer.unref();
  };
  schedule();
  return {
    check: () => {
      if (last < depthMax) return;
      throw new UnavailableError({
        code: "backlog_full",
        detail: `${last} accepted movements wait to be applied, the limit is ${depthMax}; come back in ${RETRY_AFTER_SECONDS} seconds`,
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    },
    stop: () => clearTimeout(timer),
  };
}
