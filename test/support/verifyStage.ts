/** A ledger with something of everything (lots, serial numbers, reservations, transfers in transit, reversals), to be verified. */
import pg from "pg";
import type { MovementType } from "../../domain/movement.ts";
import { drainLanes } from "../../pipelines/apply/index.ts";
import { appendToInbox, type MovementCommand } from "../../pipelines/intake/index.ts";
import type { AnchorStorage } from "../../pipelines/verify/anchor.ts";
import { type VerifyMode, verifyLedger } from "../../pipelines/verify/index.ts";
import { newId } from "../../platform/clock.ts";
import { readConfig } from "../../platform/config.ts";
import { createObjectStorage } from "../../platform/objectStorage.ts";
import { createPool } from "../../platform/postgres.ts";
import { testBackends } from "./backends.ts";
import { type SeededItem, seedItems, seedWarehouses } from "./catalogue.ts";
import { toTestCommand } from "./command.ts";
import { createTestDatabase } from "./database.ts";

const ALL_LANES = Array.from({ length: 256 }, (_, lane) => lane);

/** What a movement says; it is at MAIN unless it says otherwise. */
type StageMovement = Partial<MovementCommand> & { readonly type: MovementType };

/** A database of its own with items, two warehouses, the bucket, and the superuser's hand. */
export async function createVerifyStage() {
  const database = await createTestDatabase();
  const db = createPool({
    url: database.writerUrl,
    applicationName: "stockline-test",
    max: 8,
    role: "stockline_writer",
  });
  const storage = createObjectStorage(readConfig({ ...testBackends().env, ...database.env }));
  const admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  await admin.query("set session_replication_role = replica"); // no trigger, no foreign key holds it up
  const [main = "", south = ""] = await seedWarehouses(db, ["MAIN", "SOUTH"]);
  const [plain, lot, serial] = await seedItems(db, ["PLAIN", "LOT", "SERIAL"]);
  if (plain === undefined || lot === undefined || serial === undefined) throw new Error("no items");
  await db.query("update inventory_items set tracking = lower(sku) where sku in ('LOT', 'SERIAL')");

  const accept = async (item: SeededItem, movements: readonly StageMovement[]) => {
    const place = { itemId: item.id, lane: item.lane, warehouseId: main };
    const commands = movements.map((movement) => toTestCommand({ ...place, ...movement }));
    await appendToInbox(db, commands);
    return commands;
  };
  const stage = {
    database,
    db,
    storage,
    admin,
    main,
    south,
    items: { plain, lot, serial },
    accept,
    /** Decides everything that was accepted. */
    drain: () => drainLanes(db, { lanes: ALL_LANES, rowsMax: 100_000 }),
    verify: (
      mode: VerifyMode = "full",
      given: { bucket?: AnchorStorage; chunkRows?: number } = {},
    ) => {
      const { signal } = new AbortController();
      const { bucket = storage, ...options } = given;
      return verifyLedger({ db, storage: bucket }, { mode, signal, ...options });
    },
    close: async () => {
      await admin.end();
      storage.close();
      await db.end();
      await database.drop();
    },
  };
  return stage;
}

export type VerifyStage = Awaited<ReturnType<typeof createVerifyStage>>;

/** Movements of every type; of the last two one is left undone in the inbox, one set aside. */
export async function fillLedger(stage: VerifyStage): Promise<void> {
  const { items, south } = stage;
  await stage.accept(items.plain, movementsOfPlain(stage));
  await stage.accept(items.lot, movementsOfLots(stage));
  await stage.accept(items.serial, [
    { type: "receipt", lotCode: "S-1" },
    { type: "receipt", lotCode: "S-2" },
    { type: "transfer", lotCode: "S-1", toWarehouseId: south, inTransit: true },
  ]);
  await stage.drain();
  await stage.admin.query(
    `update lanes n set low_water = (select max(seq) from movement_inbox i where i.lane = n.id)
     where exists (select from movement_inbox i where i.lane = n.id)`,
  );
  const [, aside] = await stage.accept(items.plain, [
    { type: "receipt" },
    { type: "receipt", reason: "to be set aside" },
  ]);
  await stage.db.query(
    `insert into set_aside_movements (id, lane, body_hash, movement, error)
     select id, lane, body_hash, to_jsonb(i), 'no batch can write it' from movement_inbox i where id = $1`,
    [aside?.id],
  );
  await stage.db.query("delete from movement_inbox where id = $1", [aside?.id]);
}

function movementsOfPlain({ main, south }: VerifyStage): StageMovement[] {
  const [reservation, shipment, scrap] = [newId(), newId(), newId()];
  const told = {
    reason: "größer | als 'sonst'",
    referenceType: "sales_order",
    referenceId: "SO-1",
    sourceId: newId(),
  };
  const shipped = { targetId: shipment, warehouseId: south, toWarehouseId: main };
  return [
    { type: "receipt", quantity: "100.5", unitCost: "2.5", currency: "EUR", ...told },
    { type: "issue", quantity: "3" },
    { type: "transfer", quantity: "2.0001", toWarehouseId: south },
    { type: "issue", quantity: "1000" },
    { type: "reserve", id: reservation, quantity: "5", expiresAt: new Date("2126-01-01") },
    { type: "issue", targetId: reservation, quantity: "2" },
    { type: "release", targetId: reservation, quantity: "0.5" },
    { type: "hold", quantity: "4" },
    { type: "unhold", quantity: "1" },
    { type: "transfer", id: shipment, quantity: "6", toWarehouseId: south, inTransit: true },
    { type: "arrival", quantity: "3", ...shipped },
    { type: "transit_loss", quantity: "1", ...shipped },
    { type: "scrap", id: scrap, quantity: "2" },
    { type: "reversal", targetId: scrap, quantity: "2" },
    { type: "count", quantity: "80" },
  ];
}

function movementsOfLots({ south }: VerifyStage): StageMovement[] {
  const receipt = newId();
  return [
    { type: "receipt", quantity: "4", lotCode: "L-1", lotExpiresOn: "2126-01-01" },
    { type: "receipt", quantity: "5", lotCode: "L-2", lotExpiresOn: "2126-02-01" },
    { type: "receipt", id: receipt, quantity: "7", lotCode: "L-3" },
    { type: "issue", quantity: "6" },
    { type: "reversal", targetId: receipt, quantity: "7" },
    { type: "reserve", quantity: "1", lotCode: "L-2" },
    { type: "hold", quantity: "1", lotCode: "L-2" },
    { type: "transfer", quantity: "1", toWarehouseId: south, inTransit: true },
  ];
}
