/**
 * Intake: checked movements become durable in movement_inbox (Postgres), then lanes are woken. From the answer on a movement
 * survives the loss of any process and of Redis, and is decided exactly once.
 */
import type { Context } from "../../platform/context.ts";
import { inWorkSpan } from "../../platform/tracing.ts";
import { BacklogGate, BacklogWatch } from "../backlog/index.ts";
import { GroupQueue } from "./acceptGroup.ts";
import type { Acceptance } from "./appendToInbox.ts";
import { GroupCommit } from "./groupCommit.ts";
import { createLaneWakeUps } from "./laneWakeUps.ts";
import type { MovementCommand } from "./movementCommand.ts";
import { recallAcceptances } from "./recallAcceptances.ts";

export { type Acceptance, appendToInbox, placeInInbox } from "./appendToInbox.ts";
export { timeFaults } from "./checkPeriod.ts";
export { createLaneWakeUps, lanesOfWakeUp } from "./laneWakeUps.ts";
export {
  type HashedFields,
  hashMovementBody,
  type MovementCommand,
  UNSAID,
} from "./movementCommand.ts";
export type { MovementLine } from "./movementLine.ts";
export { groupOrderLock, type InboxPlace, movementsKnownBetween } from "./queries.ts";
export { recallAcceptances } from "./recallAcceptances.ts";
export { type Resolved, resolveMovements } from "./resolveMovements.ts";

export interface Intake {
  /**
   * Makes the commands durable and wakes their lanes; answers one acceptance a command, in order. Throws UnavailableError while
   * the backlog is full, and when the database does not confirm.
   */
  accept(commands: readonly MovementCommand[]): Promise<Acceptance[]>;
  /**
   * Like `accept`, for commands that share a groupId: they are stored, and later applied, together or not at all. Throws
   * ConflictError group_partly_known where only some of the ids are known, not_one_group where all are and did not come as one.
   */
  acceptGroup(commands: readonly MovementCommand[]): Promise<Acceptance[]>;
  /** One repeat a command where all of them were accepted before by the same bodies; else undefined. Stores nothing. */
  recall(commands: readonly MovementCommand[]): Promise<Acceptance[] | undefined>;
  /** Throws UnavailableError (503 backlog_full) while the backlog is full; for those who store movements themselves. */
  refuseWhenFull(): void;
  /** Wakes lanes whose inbox rows were committed by the caller itself. */
  wakeLanes(lanes: Iterable<number>): void;
  close(): Promise<void>;
}

/** Opens the intake of a process. */
export function createIntake(context: Pick<Context, "db" | "config" | "log" | "metrics">): Intake {
  const { db, config, log, metrics } = context;
  const wakeUps = createLaneWakeUps({ config, log });
  const groups = new GroupQueue(db);
  const onCommitted = (commands: readonly MovementCommand[]): void => {
    countAccepted(commands, metrics);
    wakeUps.wake(commands.map((command) => command.lane));
  };
  const group = new GroupCommit(db, onCommitted);
  let letIn = 0;
  let groupedUnderWay = 0;
  const watch = new BacklogWatch({
    db,
    metrics,
    countMax: config.INBOX_DEPTH_MAX,
    ownMovements: () => ({ letIn, underWay: group.underWay + groupedUnderWay }),
  });
  const gate = new BacklogGate(watch, config.INBOX_DEPTH_MAX);
  return {
    accept: async (commands) => {
      gate.check();
      letIn += commands.length;
      return inWorkSpan("intake.accept", { movements: commands.length }, () =>
        group.accept(commands),
      );
    },
    acceptGroup: async (commands) => {
      gate.check();
      letIn += commands.length;
      groupedUnderWay += commands.length;
      try {
        const acceptances = await inWorkSpan("intake.accept", { movements: commands.length }, () =>
          groups.accept(commands),
        );
        onCommitted(commands);
        return acceptances;
      } finally {
        groupedUnderWay -= commands.length;
      }
    },
    recall: (commands) => recallAcceptances(db, commands),
    refuseWhenFull: () => gate.check(),
    wakeLanes: (lanes) => wakeUps.wake(lanes),
    close: async () => {
      watch.stop();
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
