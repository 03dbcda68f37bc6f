/**
 * Handler: runs at the first deployment, and again whenever its code or what it is told changes (another replica, another source),
 * before the tasks. Makes extension and logins ready, completes each secret with what is not in its template.
 */
import { withHosts, withSigningSecret, withSource } from "./completeSecrets.ts";
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
    await complete(id, (fields) =>
      fields["replicationGroup"] === undefined
        ? completeLogin(adminUrl, fields)
        : withRedisUrl(fields),
    );
  }
  await complete(variable("SOURCES_SECRET_ID"), (keys) =>
    withSource(keys, variable("SIGNED_SOURCE"), () => store.newPassword()),
  );
  await complete(variable("PARTNERS_SECRET_ID"), withSigningSecret);
}

async function complete(
  id: string,
  completed: (fields: Fields) => Fields | Promise<Fields>,
): Promise<void> {
  const fields = await current(id);
  const wanted = await completed(fields);
  if (JSON.stringify(wanted) !== JSON.stringify(fields)) await store.write(id, wanted);
}

async function completeLogin(adminUrl: string, fields: Fields): Promise<Fields> {
  const hosts = variable(`HOSTS_${(fields["role"] ?? "").toUpperCase()}`);
  const login = parseLogin(withHosts(fields, hosts));
  await withDatabase(adminUrl, (database) => setLogin(database, login));
  return { ...fields, ...withUrls(login) };
}

async function current(id: string): Promise<Fields> {
  const fields = await store.read(id, "AWSCURRENT");
  if (fields === undefined) throw new Error(`secret ${id} has no current version`);
  return fields;
}
