/** The audit trail under a superuser's hand: an edited entry, a cut end, a rewritten chain; each is found by one verification. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { createVerifyStage, type VerifyStage } from "../../support/verifyStage.ts";

let stage: VerifyStage;
beforeEach(async () => {
  stage = await createVerifyStage();
  for (let nth = 1; nth <= 15; nth += 1) {
    await stage.db.query("update warehouses set name = $1 where code = 'MAIN'", [`Hall ${nth}`]);
  }
});
afterEach(() => stage.close());

async function checks(): Promise<string[]> {
  const { differences } = await stage.verify("full");
  return [...new Set(differences.map(({ check }) => check))].sort();
}

/** Links every entry anew, as audit_link does, and moves the remembered end. */
const REWRITE = `
  do $$
  declare
    head bytea := '\\x';
    place bigint := 0;
    entry audit_log;
  begin
    for entry in select a.* from audit_chain c join audit_log a on a.id = c.entry_id order by c.seq loop
      head := sha256(head || audit_digest(entry));
      place := place + 1;
      update audit_chain set seq = place, hash = head where entry_id = entry.id;
    end loop;
    update audit_head set seq = place, hash = head;
  end
  $$`;

test("an untouched trail is sound, and its entries are counted", async () => {
  const { checked, difference_count: count } = await stage.verify("full");
  expect(count).toBe(0);
  // the beginning, two warehouses, three items, two of them changed at once, fifteen names
  expect(checked.audit).toBeGreaterThanOrEqual(15);
});

test("an entry that was edited is found", async () => {
  await stage.admin.query(
    "update audit_log set actor = 'somebody-else' where after ->> 'name' = 'Hall 7'",
  );
  const { differences } = await stage.verify("full");
  expect(differences.map(({ check }) => check)).toEqual(["audit_entry"]);
  expect(differences[0]?.expected).toMatch(/^link \d+, entry [0-9a-f-]{36}: [0-9a-f]{64}$/);
});

test("the last ten entries cut off are found, also with their links", async () => {
  await stage.admin.query(
    `delete from audit_log where id in (select entry_id from audit_chain order by seq desc limit 10)`,
  );
  expect(await checks()).toEqual(["audit_missing"]);
  await stage.admin.query(
    "delete from audit_chain where entry_id not in (select id from audit_log)",
  );
  expect(await checks()).toEqual(["audit_head"]);
});

test("an entry that was put in beside the chain, and a gap in the chain, are found", async () => {
  await stage.admin.query(
    `insert into audit_log (id, actor, action, entity_type, entity_id) values (make_uuid7(), 'x', 'updated', 'item', 'y')`,
  );
  expect(await checks()).toEqual(["audit_unlinked"]);
  await stage.admin.query("update audit_chain set seq = seq + 100 where seq > 5");
  expect(await checks()).toEqual(["audit_gap", "audit_head", "audit_unlinked"]);
});

test("a chain that was rewritten whole is found by its anchor, and by nothing else", async () => {
  await stage.verify("full"); // anchors the end
  await stage.admin.query(
    "update audit_log set actor = 'somebody-else' where after ->> 'name' = 'Hall 7'",
  );
  await stage.admin.query(REWRITE);
  expect(await checks()).toEqual(["audit_anchor"]);
});

test("a trail that was cut off together with its remembered end is found by its anchor", async () => {
  await stage.verify("full");
  await stage.admin.query(
    `with cut as (delete from audit_chain where seq > (select max(seq) - 10 from audit_chain) returning entry_id)
     delete from audit_log where id in (select entry_id from cut)`,
  );
  await stage.admin.query(REWRITE);
  expect(await checks()).toEqual(["audit_anchor"]);
});

test("a bucket that is away neither fails the verification nor hides what the chain shows", async () => {
  const away = () => Promise.reject(new Error("away"));
  const bucket = { get: away, putText: away, list: away };
  expect((await stage.verify("full", { bucket })).difference_count).toBe(0);
  await stage.admin.query("update audit_log set action = 'read' where after ->> 'name' = 'Hall 7'");
  expect((await stage.verify("full", { bucket })).difference_count).toBe(1);
});
