/** `users` makes users who sign in with a password, and lists them. The first administrator is made this way too. */
import { randomBytes } from "node:crypto";
import { type Command, Option } from "commander";
import { unchecked } from "../client/stocklineClient.ts";
import { ROLES } from "../domain/roles.ts";
import { commaList } from "./commaList.ts";
import { answerList, collect, runAction, type Shell } from "./command.ts";
import { EXIT } from "./exitCodes.ts";

/** 18 random bytes are 24 characters that can be typed. */
const PASSWORD_BYTES = 18;

interface CreateOptions {
  readonly email: string;
  readonly name?: string;
  readonly role: readonly string[];
  readonly warehouses?: readonly string[];
}

/** Adds the commands. */
export function addUsersCommand(program: Command, shell: Shell): void {
  const users = program.command("users").summary("users create, list: who may sign in");
  users
    .command("create")
    .description(
      "Makes a user and prints the password that was made for it, once. The user changes it after signing in.",
    )
    .requiredOption("--email <address>", "address to sign in with")
    .option("--name <name>", "name (default: the address)")
    .addOption(
      new Option("--role <roles...>", "what the user may do")
        .choices(ROLES.filter((role) => role !== "service"))
        .makeOptionMandatory(),
    )
    .option("--warehouses <codes>", "limit the user to these warehouses, e.g. RTM,LYS", commaList)
    .action((options: CreateOptions, command: Command) =>
      runAction(shell, command, async (context) => {
        const { email, name = email, role: roles, warehouses } = options;
        const password = randomBytes(PASSWORD_BYTES).toString("base64url");
        const typed = { email, name, roles, password, warehouses: warehouses ?? null };
        const made = await context.client.call("POST /v1/users", { body: unchecked(typed) });
        context.answer({ ...made, password }, () => `${made.email} may sign in with ${password}`);
        return EXIT.ok;
      }),
    );
  users
    .command("list")
    .description("Lists the users.")
    .action((_options, command: Command) =>
      runAction(shell, command, async (context) => {
        const rows = await collect(context.client.list("GET /v1/users"));
        return answerList(context, rows, {
          none: "There are no users.",
          columns: [
            { title: "E-MAIL", of: (it) => it.email },
            { title: "NAME", of: (it) => it.name },
            { title: "ROLES", of: (it) => it.roles.join(", ") },
            { title: "WAREHOUSES", of: (it) => it.warehouses?.join(", ") ?? "all" },
            { title: "STATUS", of: (it) => it.status },
            { title: "ID", of: (it) => it.id },
          ],
        });
      }),
    );
}
