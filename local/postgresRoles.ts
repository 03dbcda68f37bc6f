/**
 * The application's roles and database in the embedded PostgreSQL. Owner migrates, writer serves,
 * reader exports; none is a superuser. Safe to run at every start: it makes only what is missing,
 * so a first start that was cut short is finished by the next.
 */
import pg from "pg";
import type { LocalSecrets } from "./localSecrets.ts";

export const DATABASE = "stockline";
const ROLES = ["owner", "writer", "reader"] as const;

/** Makes missing roles and the database, connected as the superuser. */
export async function ensureRoles(adminUrl: string, secrets: LocalSecrets): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query<{ name: string }>(
      "select rolname as name from pg_roles union all select 'db:' || datname from pg_database",
    );
    const names = new Set(found.rows.map((row) => row.name));
    const missing = ROLES.filter((role) => !names.has(`stockline_${role}`));
    // Names are ours and passwords hexadecimal, so they are safe in the text; DDL takes no values.
    const statements = missing.map(
      (role) => `create role stockline_${role} login password '${secrets[role]}';`,
    );
    if (statements.length > 0) await client.query(statements.join("\n"));
    if (!names.has(`db:${DATABASE}`)) {
      await client.query(`create database ${DATABASE} owner stockline_owner`);
    }
  } finally {
    await client.end();
  }
}
