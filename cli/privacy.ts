/** `stockline privacy`: a person's data as one document, its erasure, and new keys for personal data. */
import type { Command } from "commander";
import { runAction, type Shell } from "./command.ts";
import { UsageError } from "./usageError.ts";

interface PersonOptions {
  readonly email?: string;
  readonly phone?: string;
  readonly customer?: string;
}

/** Adds the command. */
export function addPrivacyCommand(program: Command, shell: Shell): void {
  const privacy = program.command("privacy").description("Personal data (admins).");
  personCommand(privacy, "export", "everything that is held of a person, as JSON").action(
    (options: PersonOptions, command: Command) =>
      runAction(shell, command, async ({ client, say }) => {
        const body = personOf(options);
        const found = await client.call("POST /v1/privacy/export", { body });
        say(JSON.stringify(found, null, 2));
        return undefined;
      }),
  );
  personCommand(privacy, "erase", "take a person's data away; never undone").action(
    (options: PersonOptions, command: Command) =>
      runAction(shell, command, async ({ client, answer }) => {
        const body = personOf(options);
        const done = await client.call("POST /v1/privacy/erase", { body });
        answer(done, () =>
          [
            `Erased from ${done.suppliers} suppliers, ${done.import_rows} staged rows of imports, ${done.users} users and ${done.movements} movements.`,
            ...done.users_left.map(
              (id) => `User ${id} is the last administrator; make another one and erase again.`,
            ),
            ...done.import_files.map((file) => `Still in the bucket: ${file.file_key}`),
          ].join("\n"),
        );
        return undefined;
      }),
  );
  privacy
    .command("rotate-keys")
    .description("seal personal data with a new key")
    .action((_options: object, command: Command) =>
      runAction(shell, command, async ({ client, answer }) => {
        const run = await client.call("POST /v1/privacy/rotate-keys");
        answer(run, () => `A new key is in use; run ${run.id} seals anew what is there.`);
        return undefined;
      }),
    );
}

function personCommand(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option("--email <address>", "the person's e-mail")
    .option("--phone <number>", "the person's phone number")
    .option("--customer <reference>", "the customer's reference on issues and returns");
}

function personOf({ email, phone, customer }: PersonOptions): PersonOptions {
  const named = Object.entries({ email, phone, customer }).filter(
    ([, value]) => value !== undefined,
  );
  if (named.length === 1) return Object.fromEntries(named);
  throw new UsageError("Name the person by one of --email, --phone and --customer.");
}
