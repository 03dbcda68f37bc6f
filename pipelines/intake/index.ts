/**
 * Intake: checked movements become durable in movement_inbox (Postgres), then lanes are woken. From the answer on a movement
 * survives the loss of any process and of Redis, and is decided exactly once.
 */
import { UnavailableError } from "../../domain/errors.ts";
import type { Context } from "../../platform/context.ts";
import type { Acceptance } from "./appendToInbox.ts";
import { GroupCommit } from "./groupCommit.ts";
import { createLaneWakeUps } from "./laneWakeUps.ts";
import type { MovementCommand } from "./movementCommand.ts";
import { movementInboxDepth } from "./queries.ts";

export { type Acceptance, appendToInbox } from "./appendToInbox.ts";
export { createLaneWakeUps, lanesOfWakeUp } from "./laneWakeUps.ts";
export { type HashedFields, hashMovementBody, type MovementCommand } from "./movementCommand.ts";
export { type MovementLine, resolveMovements } from "./resolveMovements.ts";

export interface Intake {
  /** Makes the commands durable and wakes their lanes; answers one acceptance a command, in order. */
  accept(commands: readonly MovementCommand[]): Promise<Acceptance[]>;
  /** Wakes lanes whose inbox rows were committed by the caller itself. */
  wakeLanes(lanes: Iterable<number>): void;
  close(): Promise<void>;
}

/** The depth is looked at this often at most; between looks the last figure stands. */
const DEPTH_CHECK_MS = 1_000;
/** Counting a long backlog takes long: looks are as far apart that they take this share of the time at most. */
const DEPTH_CHECK_SHARE = 0.02;
const RETRY_AFTER_SECONDS = 5;

/** Opens the intake of a process. */
export function createIntake(context: Pick<Context, "db" | "config" | "log" | "metrics">): Intake {
  const { db, config, log, metrics } = context;
  const wakeUps = createLaneWakeUps({ config, log });
  const group = new GroupCommit(db, (commands) => {
    countAccepted(commands, metrics);
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

function countAccepted(commands: readonly MovementCommand[], metrics: Context["metrics"]): void {
  const counts = new Map<MovementCommand["source"], number>();
  for (const { source } of commands) counts.set(source, (counts.get(source) ?? 0) + 1);
  for (const [source, count] of counts) metrics.movementsAccepted.inc({ source }, count);
}

/** Refuses new movements while the backlog is past its configured depth; looks at it in the background only. */
function depthGate(depth: () => Promise<number>, depthMax: number) {
  let last = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const begun = performance.now();
    last = await depth().catch(() => last); // the database is away: accept() itself will say so
    schedule((performance.now() - begun) / DEPTH_CHECK_SHARE);
  };
  const schedule = (pauseMs: number) => {
    timer = setTimeout(() => void look(), Math.max(DEPTH_CHECK_MS, pauseMs));
    timer.unref();
  };
  schedule(DEPTH_CHECK_MS);
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
