/**
 * Deliberate bugs, each with the fault that must notice it (docs/faults.md). An edit replaces a text that stands exactly once in its
 * file; scripts/mutants.mjs says so where the sources have moved on and it no longer does.
 */

const LANES = "pipelines/apply/queries/lanes.ts";
const BATCH = "pipelines/apply/queries/batch.ts";
const DRAIN = "pipelines/apply/drainLanes.ts";
const GROUP_COMMIT = "pipelines/intake/groupCommit.ts";
const HOUSEKEEPING = "pipelines/housekeeping/queries.ts";
const STAGE_ROWS = "pipelines/import/stageRows.ts";
const APPLY_MOVEMENTS = "pipelines/import/applyMovements.ts";

export const MUTANTS = [
  {
    name: "watermark-drain",
    caughtBy: "F21",
    edits: [
      {
        file: "pipelines/apply/foldBatch.ts",
        find: "isEmptied ? safeSeq : Math.min(safeSeq, decidedTo)",
        replace: "isEmptied ? Math.max(safeSeq, lastSeq) : decidedTo",
      },
    ],
  },
  {
    name: "no-lane-lock",
    caughtBy: "F24",
    edits: [
      { file: LANES, find: "      for update skip locked`", replace: "`" },
      { file: LANES, find: "      for update`", replace: "`" },
    ],
  },
  {
    name: "read-before-lock",
    caughtBy: "F24",
    edits: [
      {
        file: DRAIN,
        find: "  const held = together",
        replace:
          "  const early = await pendingMovementsRead(tx, lanes.map((id) => ({\n" +
          "    id, low_water: 0, decided_to: Number.MAX_SAFE_INTEGER, rowsMax: 5,\n  })));\n" +
          "  const held = together",
      },
      {
        file: DRAIN,
        find: "await pendingMovementsRead(tx, locked)",
        replace: "early.filter((row) => heldIds.has(row.lane))",
      },
    ],
  },
  {
    name: "absolute-write",
    caughtBy: "P17",
    edits: [
      {
        file: "pipelines/apply/writeColumns.ts",
        find: "fixed4(level.onHand - before.onHand)",
        replace: "fixed4(level.onHand)",
      },
      {
        file: BATCH,
        find: "set on_hand = s.on_hand + g.on_hand_change",
        replace: "set on_hand = g.on_hand_change",
      },
      { file: BATCH, find: "\n      and s.version = g.version_before", replace: "" },
    ],
  },
  {
    name: "ack-before-commit",
    caughtBy: "F4",
    edits: [
      {
        file: GROUP_COMMIT,
        find: 'failPoint("intake.before_insert");',
        replace:
          "for (const { commands: own, resolve } of group) {\n" +
          '        resolve(own.map(({ id }) => ({ id, result: "new" })));\n      }',
      },
    ],
  },
  {
    name: "guess-when-unknown",
    caughtBy: "F4",
    edits: [
      {
        file: GROUP_COMMIT,
        find: "for (const waiting of group) waiting.reject(refusal(thrown));",
        replace:
          "for (const { commands: own, resolve } of group) {\n" +
          '          resolve(own.map(({ id }) => ({ id, result: "new" })));\n        }',
      },
    ],
  },
  {
    name: "standby-warning-ignored",
    caughtBy: "F7",
    edits: [
      {
        file: "platform/postgres.ts",
        find: 'if (routine === "SyncRepWaitForLSN") unconfirmed.add(client);',
        replace: "void routine;",
      },
    ],
  },
  {
    name: "xid-cursor",
    caughtBy: "F22",
    edits: [
      {
        file: "pipelines/events/queries.ts",
        find: "            and e.position > g.position\n",
        replace:
          "            and e.position > g.position\n" +
          "            and e.xmin::text::bigint < pg_snapshot_xmin(pg_current_snapshot())::text::bigint\n",
      },
    ],
  },
  {
    name: "retry-on-rejection",
    caughtBy: "F19",
    edits: [
      {
        file: "pipelines/apply/queries/pending.ts",
        find: "from movement_outcomes o where o.id = i.id)",
        replace: "from movement_outcomes o where o.id = i.id and o.status = 'applied')",
      },
    ],
  },
  {
    name: "cursor-before-send",
    caughtBy: "F33",
    edits: [
      {
        file: "pipelines/publish/publishRound.ts",
        find: '  if (records.length > 0) failPoint("publish.before_send");\n',
        replace:
          "  await moveCursors(deps, open, new Map(records.map((it) => [it.lane, it.position])));\n" +
          '  if (records.length > 0) failPoint("publish.before_send");\n',
      },
    ],
  },
  {
    name: "no-body-hash",
    caughtBy: "F17",
    edits: [
      {
        file: "pipelines/intake/movementCommand.ts",
        find: "return kept.equals(bodyHash) || (formerBodyHash !== undefined && kept.equals(formerBodyHash));",
        replace: "return kept !== bodyHash || formerBodyHash !== kept;",
      },
    ],
  },
  {
    name: "cached-sequence",
    caughtBy: "P7",
    edits: [
      {
        file: "migrations/0003_ledger.sql",
        find: "generated always as identity (cache 1)",
        replace: "generated always as identity (cache 32)",
      },
    ],
  },
  {
    name: "dedup-by-time-partition",
    caughtBy: "F16",
    edits: [
      {
        file: "pipelines/intake/queries.ts",
        find: "where not exists (select from movement_outcomes o where o.id = m.id)",
        replace:
          "where not exists (select from movement_outcomes o where o.id = m.id and o.decided_at > now() - interval '1 day')",
      },
    ],
  },
  {
    name: "age-only-retention",
    caughtBy: "P19",
    edits: [
      {
        file: HOUSEKEEPING,
        find: "            and i.seq <= least(n.low_water, h.safe_seq)\n",
        replace: "",
      },
      {
        file: HOUSEKEEPING,
        find: "join movement_outcomes o on o.id = d.id\n        where o.decided_at",
        replace: "join movement_inbox o on o.id = d.id\n        where o.accepted_at",
      },
    ],
  },
  {
    name: "no-sweep",
    caughtBy: "F14",
    edits: [
      {
        file: "workers/applyLanes.ts",
        find: "applier.wake(withWork);",
        replace: "",
      },
    ],
  },
  {
    name: "groups-in-any-order",
    caughtBy: "F24b",
    edits: [
      {
        file: "pipelines/intake/acceptGroup.ts",
        find: "if (lanes.size > 1) await groupOrderLock(tx);",
        replace: "",
      },
    ],
  },
  {
    name: "import-checkpoint-first",
    caughtBy: "F37b",
    edits: [
      {
        file: STAGE_ROWS,
        find: '    if (chunk.lines.length > 0) await importRowsCopy(tx, chunk.lines.join(""));\n',
        replace: "",
      },
      {
        file: STAGE_ROWS,
        find: "  refuseTooManyErrors(held, counts.invalid);\n",
        replace:
          '  const text = chunk.lines.join("");\n' +
          '  if (text !== "") await inFence(run, (tx) => importRowsCopy(tx, text));\n' +
          "  refuseTooManyErrors(held, counts.invalid);\n",
      },
    ],
  },
  {
    name: "import-resume-skips",
    caughtBy: "F37b",
    edits: [
      {
        file: STAGE_ROWS,
        find: "const isStaged = lastNumber <= stagedRow;",
        replace: "const isStaged = lastNumber <= stagedRow + (stagedRow > 0 ? 100 : 0);",
      },
    ],
  },
  {
    name: "import-feeds-apart",
    caughtBy: "F37b",
    edits: [
      {
        file: APPLY_MOVEMENTS,
        find: "prepare: (tx) => decidePart(tx, run.id, part),",
        replace: "prepare: (tx) => decidePart(tx, run.id, part, run),",
      },
      {
        file: APPLY_MOVEMENTS,
        find: "async function decidePart(tx: DbClient, importId: string, part: Converted): Promise<DecidedPart> {",
        replace:
          "async function decidePart(tx: DbClient, importId: string, part: Converted, run: ImportRun): Promise<DecidedPart> {",
      },
      {
        file: APPLY_MOVEMENTS,
        find: "await decideAtOnce(tx, {",
        replace: "await inTransaction(run.deps.db, (own) => decideAtOnce(own, {",
      },
      {
        file: APPLY_MOVEMENTS,
        find: "    isFresh: (command) => isRowIdOf(importId, command.id),\n  });",
        replace:
          "    isFresh: (command) => isRowIdOf(importId, command.id),\n  }), { indexProbes: true });",
      },
    ],
  },
  {
    name: "import-lease-not-fenced",
    caughtBy: "F37g",
    edits: [
      {
        file: "pipelines/import/runImport.ts",
        find: "(held) => held || lost.abort(),",
        replace: "() => undefined,",
      },
      {
        file: "pipelines/import/queries/imports.ts",
        find:
          "and lease_owner = $2::text\n        and status in ('uploaded', 'reading', 'checking', 'applying')\n" +
          "      for no key update",
        replace:
          "and ($2::text is not null)\n        and status in ('uploaded', 'reading', 'checking', 'applying')\n" +
          "      for no key update",
      },
    ],
  },
  {
    name: "import-duplicates-unseen",
    caughtBy: "F37c",
    edits: [
      {
        file: "migrations/0006_work.sql",
        find: "create unique index imports_content_unique",
        replace: "create index imports_content_unique",
      },
    ],
  },
  {
    name: "import-rows-left-out",
    caughtBy: "F37i",
    edits: [
      {
        file: "pipelines/import/queries/importEnds.ts",
        find: "('skipped', 'unread', 'staged', 'queued')",
        replace: "('skipped')",
      },
    ],
  },
];
