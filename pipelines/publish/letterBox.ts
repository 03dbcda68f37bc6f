/**
 * The dead letters of one sink, as a round of publishing sees them. A letter is written before the cursor passes its event, and
 * a crash in between parks the same event once: what a sink refuses is never lost, only set aside in its key's order.
 */
import { newId } from "../../platform/clock.ts";
import type { Db } from "../../platform/postgres.ts";
import type { PlacedRecord } from "./planWaves.ts";
import {
  dueLettersRead,
  heldKeysRead,
  lettersInsert,
  lettersRefused,
  lettersSent,
} from "./queries/letters.ts";
import { BEHIND_REFUSED, orderKey, type SendDeps, SendReport, sendRecords } from "./sendRecords.ts";

/** Letters that one round sends at most. */
const ROUND_LETTERS_MAX = 200;

interface DueOutcome extends Pick<SendReport, "sinkFailure" | "retryAfterMs"> {
  readonly sent: number;
}

export interface LetterBox {
  /** Keys (orderKey) that have letters: nothing of them may be sent from the log. */
  heldKeys(): Promise<ReadonlySet<string>>;
  /** Sends what an operator released and what waits behind nothing any more; answers what the sink as a whole did. */
  sendDue(deps: SendDeps): Promise<DueOutcome>;
  /** Parks refused records and those that wait behind them. */
  park(records: ReadonlyMap<PlacedRecord, string>): Promise<void>;
}

/** The letters of the sink in the database. */
export function openLetterBox(db: Db, sink: string): LetterBox {
  return {
    heldKeys: async () => {
      const keys = await heldKeysRead(db, sink);
      return new Set(keys.map(({ lane, partition_key: key }) => orderKey({ lane, key })));
    },
    sendDue: (deps) => sendDue(db, sink, deps),
    park: (records) => park(db, sink, records),
  };
}

async function sendDue(db: Db, sink: string, deps: SendDeps): Promise<DueOutcome> {
  const rows = await dueLettersRead(db, { sink, limit: ROUND_LETTERS_MAX });
  const ids = new Map<PlacedRecord, string>();
  for (const row of rows) {
    const { lane, position, event_id: id, event_type: type, partition_key: key } = row;
    const { traceparent, body } = row;
    ids.set({ lane, position, record: { id, key, type, traceparent, body } }, row.id);
  }
  if (ids.size === 0) return { sent: 0, sinkFailure: undefined, retryAfterMs: undefined };
  const report = new SendReport();
  await sendRecords(deps, report, [...ids.keys()]);
  const sent = [...report.acknowledged].flatMap((placed) => ids.get(placed) ?? []);
  await lettersSent(db, sent);
  if (report.refused.size > 0) {
    await lettersRefused(db, {
      ids: [...report.refused.keys()].flatMap((placed) => ids.get(placed) ?? []),
      codes: [...report.refused.values()],
    });
  }
  const { sinkFailure, retryAfterMs } = report;
  return { sent: sent.length, sinkFailure, retryAfterMs };
}

async function park(
  db: Db,
  sink: string,
  records: ReadonlyMap<PlacedRecord, string>,
): Promise<void> {
  await lettersInsert(
    db,
    sink,
    [...records].map(([{ lane, position, record }, code]) => ({
      id: newId(),
      lane,
      position,
      event_id: record.id,
      event_type: record.type,
      partition_key: record.key,
      traceparent: record.traceparent,
      body: record.body,
      code,
      behind: code === BEHIND_REFUSED,
    })),
  );
}
