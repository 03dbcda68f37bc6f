/** SQL of the wrapped keys of personal data. */
import type { Db } from "../../../platform/postgres.ts";

export interface PersonalKeyRow {
  readonly id: number;
  readonly purpose: "data" | "index";
  readonly wrapper: string;
  readonly wrapped: Buffer;
}

/** All keys, the oldest first. */
export async function personalKeysRead(db: Db): Promise<PersonalKeyRow[]> {
  const { rows } = await db.query<PersonalKeyRow>({
    name: "personal_keys_read",
    text: `
      select id, purpose, wrapper, wrapped
      from personal_keys
      order by id`,
  });
  return rows;
}

/** Adds a key under the next number, unless it is to be the first of its purpose and somebody was faster. */
export async function personalKeyInsert(
  db: Db,
  key: Omit<PersonalKeyRow, "id"> & { readonly onlyFirst: boolean },
): Promise<void> {
  await db.query({ text: "select pg_advisory_xact_lock(hashtext('personal_keys'))" });
  await db.query({
    name: "personal_key_insert",
    text: `
      insert into personal_keys (id, purpose, wrapper, wrapped)
      select coalesce(max(id), 0) + 1, $1::text, $2::text, $3::bytea
      from personal_keys
      having not $4::boolean
        or count(*) filter (where purpose = $1::text) = 0`,
    values: [key.purpose, key.wrapper, key.wrapped, key.onlyFirst],
  });
}
