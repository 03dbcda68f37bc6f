/**
 * Takes records into the inbox. Movements, dead letters and the source's own mark (its checkpoint) become durable in one
 * transaction, so a record that is delivered again changes nothing, and one that can't be taken never stops the others.
 * Called by every source, in the order of its shard; it answers only after the commit.
 */
import { failPoint } from "../../platform/failPoints.ts";
import type { Log } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics.ts";
import type { PersonalData } from "../../platform/personalData.ts";
import {
  type DbClient,
  type DbPool,
  inTransaction,
  isUnavailable,
  sqlState,
} from "../../platform/postgres.ts";
import { appendToInbox, type MovementCommand } from "../intake/index.ts";
import { type DeadLetter, deadLetterOf } from "./deadLetter.ts";
import { type InboundRecord, type Ingested, NOTHING_INGESTED } from "./inboundRecord.ts";
import { type ResolveDeps, type ResolvedMessage, resolveMessage } from "./resolveRequest.ts";
import { parkLetters } from "./sealedLetters.ts";

export interface IngestDeps extends ResolveDeps {
  readonly db: DbPool;
  /** Seals dead letters. */
  readonly personal: PersonalData;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "movementsAccepted" | "sourceRecords">;
  /** Wakes the lanes after the commit. */
  readonly wakeLanes: (lanes: Iterable<number>) => void;
}

/** Moves the source's checkpoint past the record, in the transaction that stores it. Throws where the source has lost its place. */
export type Advance = (tx: DbClient, last: InboundRecord) => Promise<void>;

/** Records of one transaction. */
const TRANSACTION_RECORDS_MAX = 500;
/** A transaction without an answer after this is given up; its records are read again. */
const DEADLINE_MS = 20_000;

interface Message {
  readonly record: InboundRecord;
  readonly resolved: ResolvedMessage;
}

interface Stored extends Ingested {
  readonly commands: readonly MovementCommand[];
  readonly letters: readonly DeadLetter[];
}

/**
 * Ingests the records in their order, some hundred a transaction. Throws where the database is away or the place is lost: what
 * was committed before stays, the rest is to be read again.
 */
export async function ingestRecords(
  deps: IngestDeps,
  records: readonly InboundRecord[],
  advance: Advance = () => Promise.resolve(),
): Promise<Ingested> {
  // without a key everything goes on but a record that is to be parked: that one throws below, and is held
  await deps.personal.ready().catch(() => undefined);
  let sum = NOTHING_INGESTED;
  for (let from = 0; from < records.length; from += TRANSACTION_RECORDS_MAX) {
    const part = records.slice(from, from + TRANSACTION_RECORDS_MAX);
    const messages = await Promise.all(
      part.map(async (record): Promise<Message> => {
        return { record, resolved: await resolveMessage(deps, record.payload) };
      }),
    );
    sum = add(sum, await storeInHalves(deps, messages, advance));
  }
  return sum;
}

/** A record that the database refuses must not stop its neighbours: the part is halved down to it, and it is parked. */
async function storeInHalves(
  deps: IngestDeps,
  messages: readonly Message[],
  advance: Advance,
): Promise<Ingested> {
  try {
    return await store(deps, messages, advance);
  } catch (thrown) {
    if (isUnavailable(thrown) || sqlState(thrown) === undefined) throw thrown;
    const [message] = messages;
    if (messages.length > 1 || message === undefined) {
      const middle = Math.ceil(messages.length / 2);
      const first = await storeInHalves(deps, messages.slice(0, middle), advance);
      return add(first, await storeInHalves(deps, messages.slice(middle), advance));
    }
    if ("fault" in message.resolved) throw thrown; // it is the letter itself that can't be stored
    const reason = `the database refuses the movement (SQLSTATE ${sqlState(thrown)})`;
    const fault = { code: "not_storable", reason };
    const { names } = message.resolved;
    return store(deps, [{ record: message.record, resolved: { names, fault } }], advance);
  }
}

async function store(
  deps: IngestDeps,
  messages: readonly Message[],
  advance: Advance,
): Promise<Ingested> {
  const last = messages.at(-1)?.record;
  if (last === undefined) return NOTHING_INGESTED;
  const stored = await inTransaction(
    deps.db,
    async (tx) => {
      const result = await write(deps.personal, tx, messages);
      failPoint("ingest.before_checkpoint");
      await advance(tx, last);
      failPoint("ingest.before_commit");
      return result;
    },
    { deadlineMs: DEADLINE_MS },
  );
  failPoint("ingest.after_commit");
  tell(deps, last.origin, stored);
  return stored;
}

async function write(
  personal: PersonalData,
  tx: DbClient,
  messages: readonly Message[],
): Promise<Stored> {
  const letters: DeadLetter[] = [];
  const fresh: { readonly message: Message; readonly command: MovementCommand }[] = [];
  let duplicates = 0;
  for (const message of messages) {
    const { record, resolved } = message;
    if ("fault" in resolved) letters.push(deadLetterOf(record, resolved.names, resolved.fault));
    else if (resolved.isKnown) duplicates += 1;
    else fresh.push({ message, command: resolved.command });
  }
  const acceptances = await appendToInbox(
    tx,
    fresh.map(({ command }) => command),
  );
  const commands: MovementCommand[] = [];
  acceptances.forEach(({ result, id }, place) => {
    const one = fresh[place];
    if (one === undefined) return;
    if (result === "new") commands.push(one.command);
    else if (result === "repeat") duplicates += 1;
    else {
      const { record, resolved } = one.message;
      const reason = `id "${id}" was used for another movement; send a new movement under a new id`;
      letters.push(deadLetterOf(record, resolved.names, { code: "id_reused", reason }));
    }
  });
  if (letters.length > 0) await parkLetters(personal, tx, letters);
  return { accepted: commands.length, duplicates, parked: letters.length, commands, letters };
}

/** What others learn after the commit; losing it costs time, nothing else. */
function tell(deps: IngestDeps, origin: string, { commands, letters, duplicates }: Stored): void {
  deps.wakeLanes(commands.map(({ lane }) => lane));
  const { movementsAccepted, sourceRecords } = deps.metrics;
  if (commands.length > 0) movementsAccepted.inc({ source: "stream" }, commands.length);
  sourceRecords.inc({ source: origin, result: "accepted" }, commands.length);
  sourceRecords.inc({ source: origin, result: "duplicate" }, duplicates);
  sourceRecords.inc({ source: origin, result: "parked" }, letters.length);
  for (const { id, position, code, eventId } of letters) {
    // The reason may quote the message; it is in the letter, not in the log.
    deps.log.warn({ origin, position, code, event_id: eventId, dead_letter: id }, "record parked");
  }
}

function add(one: Ingested, other: Ingested): Ingested {
  return {
    accepted: one.accepted + other.accepted,
    duplicates: one.duplicates + other.duplicates,
    parked: one.parked + other.parked,
  };
}
