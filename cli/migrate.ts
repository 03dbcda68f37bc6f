/** Brings the database up to date: DATABASE_OWNER_URL, or DATABASE_URL where the one login owns the schema. */
import { toError } from "../domain/errors.ts";
import { readConfigOrExit } from "../platform/context.ts";
import { migrate } from "../platform/migrate.ts";

const config = await readConfigOrExit();
try {
  const applied = await migrate({ databaseUrl: config.DATABASE_OWNER_URL ?? config.DATABASE_URL });
  const what = applied.length === 0 ? "nothing to do" : `applied ${applied.join(", ")}`;
  process.stdout.write(`migrations: ${what}\n`);
} catch (thrown) {
  process.stderr.write(`migration failed: ${toError(thrown).message}\n`);
  process.exitCode = 1;
}
