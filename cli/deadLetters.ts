/** `dead-letters` lists inbound records that could not be taken, shows one, and sends it in again or gives it up; `sources list`. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { type Given, unchecked } from "../client/stocklineClient.ts";
import { answerList, collect, runAction, type Shell } from "./command.ts";
import { EXIT } from "./exitCodes.ts";
import { UsageError } from "./usageError.ts";

type Replay = Given<"POST /v1/dead-letters/{id}/replay">["body"];

/** Adds the commands. */
export function addDeadLettersCommand(program: Command, shell: Shell): void {
  const letters = program
    .command("dead-letters")
    .summary("dead-letters list, show, replay, discard: inbound records that were not taken");
  addList(letters, shell);
  addShow(letters, shell);
  addReplay(letters, shell);
  addDiscard(letters, shell);
  addSources(program, shell);
}

function addList(letters: Command, shell: Shell): void {
  letters
    .command("list")
    .description("Lists them, the oldest first.")
    .option("--status <status>", "parked, replayed or discarded", "parked")
    .option("--code <code>", "only those with this reason")
    .action(({ status, code }: { status: string; code?: string }, command: Command) =>
      runAction(shell, command, async (context) => {
        const query = unchecked<Given<"GET /v1/dead-letters">["query"]>({ status, code });
        const rows = await collect(context.client.list("GET /v1/dead-letters", { query }));
        return answerList(context, rows, {
          none: `No dead letter is ${status}.`,
          columns: [
            { title: "ID", of: (it) => it.id },
            { title: "ORIGIN", of: (it) => it.origin },
            { title: "EVENT", of: (it) => it.event_id },
            { title: "SINCE", of: (it) => it.parked_at },
            { title: "CODE", of: (it) => it.code },
            { title: "REASON", of: (it) => it.reason },
          ],
        });
      }),
    );
}

function addShow(letters: Command, shell: Shell): void {
  letters
    .command("show")
    .description("Shows the record as it came; mend it in a file and replay it with --event.")
    .argument("<id>", "id of the letter")
    .action((id: string, _options, command: Command) =>
      runAction(shell, command, async (context) => {
        const found = await context.client.call("GET /v1/dead-letters/{id}", { path: { id } });
        context.answer(found, () => found.payload);
        return EXIT.ok;
      }),
    );
}

function addReplay(letters: Command, shell: Shell): void {
  letters
    .command("replay")
    .description("Takes a letter's event in, as it came or mended.")
    .argument("<id>", "id of the letter")
    .option("--event <file>", "JSON file of the mended event")
    .action((id: string, { event }: { event?: string }, command: Command) =>
      runAction(shell, command, async (context) => {
        const body = event === undefined ? {} : { event: await readEvent(event) };
        const given = { path: { id }, body: unchecked<Replay>(body) };
        const answer = await context.client.call("POST /v1/dead-letters/{id}/replay", given);
        const known = answer.repeat === true ? " (it had been accepted before)" : "";
        context.answer(answer, () => `taken as movement ${answer.movement_id}${known}`);
        return EXIT.ok;
      }),
    );
}

async function readEvent(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (thrown) {
    const why = thrown instanceof SyntaxError ? "holds no JSON" : "can't be read";
    throw new UsageError(`--event "${file}" ${why}; expected a file with the mended event`);
  }
}

function addDiscard(letters: Command, shell: Shell): void {
  letters
    .command("discard")
    .description("Gives a letter up; its event is not taken.")
    .argument("<id>", "id of the letter")
    .requiredOption("--reason <text>", "kept with the letter")
    .action((id: string, { reason }: { reason: string }, command: Command) =>
      runAction(shell, command, async (context) => {
        const given = { path: { id }, body: { reason } };
        const answer = await context.client.call("POST /v1/dead-letters/{id}/discard", given);
        context.answer(answer, () => `${answer.id} is given up`);
        return EXIT.ok;
      }),
    );
}

function addSources(program: Command, shell: Shell): void {
  program
    .command("sources")
    .summary("sources list: streams, topics and queues that movements come from")
    .command("list")
    .description("Lists the sources with what is read of each.")
    .action((_options, command: Command) =>
      runAction(shell, command, async (context) => {
        const { data } = await context.client.call("GET /v1/sources");
        return answerList(context, data, {
          none: "Nothing was read from any broker yet.",
          columns: [
            { title: "SOURCE", of: (it) => it.source },
            {
              title: "SHARDS",
              of: (it) => it.shards.filter((s) => !s.drained).length,
              right: true,
            },
            {
              title: "READERS",
              of: (it) => new Set(it.shards.flatMap(({ owner }) => owner ?? [])).size,
              right: true,
            },
            { title: "DEAD LETTERS", of: (it) => it.parked_letters, right: true },
          ],
        });
      }),
    );
}
