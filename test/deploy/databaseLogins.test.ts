// The statements with which the AWS functions make and rotate logins, on a real server: two rotations, and what each login may do.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { type LoginSecret, setLogin } from "../../deploy/aws/functions/databaseLogins.ts";
import { loginRotation } from "../../deploy/aws/functions/loginRotation.ts";
import { useTestDatabase } from "../support/useTestDatabase.ts";

const own = useTestDatabase(2);
/** Roles belong to the server, not to the database, so each run has its own. */
const role = `rotated_${randomUUID().slice(0, 8)}`;

const onServer = (user: string, password: string): string => {
  const url = new URL(own.database.adminUrl);
  url.username = user;
  url.password = password;
  return url.href;
};

async function asAdmin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  return withClient(own.database.adminUrl, work);
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const canLogIn = (user: string, password: string) =>
  withClient(onServer(user, password), (client) => client.query("select 1")).then(
    () => true,
    () => false,
  );

afterAll(async () => {
  await asAdmin(async (client) => {
    for (const name of [`${role}_a`, `${role}_b`, role])
      await client.query(`drop role if exists ${name}`);
  });
});

test("a running task keeps its login through a rotation, and loses it by the one after", async () => {
  const first: LoginSecret = {
    username: `${role}_a`,
    password: "first0123456789ABCDEF",
    role,
    alternates: "yes",
    host: "127.0.0.1",
    port: "5432",
    dbname: "stockline",
  };
  const server = loginRotation(
    () => Promise.resolve(own.database.adminUrl),
    (url, work) => withClient(url, (client) => work(client)),
  );
  await asAdmin((client) => setLogin(client, first));
  expect(await canLogIn(`${role}_a`, first.password)).toBe(true);

  const second = server.next({ ...first }, "second0123456789ABCDE");
  await server.take(second, { ...first });
  expect(await canLogIn(`${role}_b`, "second0123456789ABCDE")).toBe(true);
  expect(await canLogIn(`${role}_a`, first.password)).toBe(true);

  const third = server.next(second, "third0123456789ABCDEF");
  await server.take(third, second);
  expect(third["username"]).toBe(`${role}_a`);
  expect(await canLogIn(`${role}_a`, first.password)).toBe(false);
  expect(await canLogIn(`${role}_a`, "third0123456789ABCDEF")).toBe(true);
  expect(await canLogIn(`${role}_b`, "second0123456789ABCDE")).toBe(true);

  const { rows } = await asAdmin((client) =>
    client.query<{ member: boolean }>("select pg_has_role($1, $2, 'member') as member", [
      `${role}_b`,
      role,
    ]),
  );
  expect(rows).toEqual([{ member: true }]);
});

test("a name or password that could end the statement is refused", async () => {
  const secret: LoginSecret = {
    username: "x; drop table items",
    password: "first0123456789ABCDEF",
    alternates: "no",
    host: "127.0.0.1",
    port: "5432",
    dbname: "stockline",
  };
  await asAdmin(async (client) => {
    await expect(setLogin(client, secret)).rejects.toThrow("username has a form that is not taken");
    await expect(
      setLogin(client, { ...secret, username: role, password: "it's0123456789ABCDE" }),
    ).rejects.toThrow("password has a form that is not taken");
  });
});
