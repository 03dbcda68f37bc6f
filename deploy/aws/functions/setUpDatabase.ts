/** Handler: runs at every deployment, before the tasks. Makes extension and logins ready, completes each secret with its URL. */
import { withDatabase } from "./connect.ts";
import { setLogin, setUpDatabase, withUrls } from "./databaseLogins.ts";
import { variable } from "./environment.ts";
import { parseLogin } from "./loginRotation.ts";
import { withRedisUrl } from "./redisServer.ts";
import { createSecretStore } from "./secretStore.ts";
import type { Fields } from "./secretVersions.ts";

const store = createSecretStore();

/** Safe to run again: what is there stays as it is, with the password that it has. */
export async function handler(): Promise<void> {
  const admin = parseLogin(await current(variable("ADMIN_SECRET_ID")));
  const adminUrl = withUrls(admin).url ?? "";
  await withDatabase(adminUrl, (database) => setUpDatabase(database, admin.dbname));
  for (const id of variable("SECRET_IDS").split(",")) {
    const fields = await current(id);
    const complete =
      fields["replicationGroup"] === undefined
        ? await completeLogin(adminUrl, fields)
        : await withRedisUrl(fields);
    if (JSON.stringify(complete) !== JSON.stringify(fields)) await store.write(id, complete);
  }
}

async function completeLogin(adminUrl: string, fields: Fields): Promise<Fields> {
  const login = parseLogin(fields);
  await withDatabase(adminUrl, (database) => setLogin(database, login));
  return { ...fields, ...withUrls(login) };
}

async function current(id: string): Promise<Fields> {
  const fields = await store.read(id, "AWSCURRENT");
  if (fields === undefined) throw new Error(`secret ${id} has no current version`);
  return fields;
}
