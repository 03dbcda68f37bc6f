/** `sinks` shows how far each sink is in the event log, pauses and replays it, and decides about what it refused. */
import type { Command } from "commander";
import { type Given, type Row, unchecked } from "../client/stocklineClient.ts";
import { counted } from "../client/textTable.ts";
import { answerList, runAction, type Shell } from "./command.ts";
import { EXIT } from "./exitCodes.ts";

type LetterQuery = Given<"GET /v1/sinks/{name}/dead-letters">["query"];

/** Adds the commands. */
export function addSinksCommand(program: Command, shell: Shell): void {
  const sinks = program
    .command("sinks")
    .summary("sinks replay, list, pause, resume, dead-letters: where events go");
  addList(sinks, shell);
  addPause(sinks, shell);
  addReplay(sinks, shell);
  addDeadLetters(sinks, shell);
}

function stateOf(it: Row<"GET /v1/sinks">): string {
  if (it.paused) return "paused";
  return it.circuit === undefined || it.circuit === null || it.circuit === "closed"
    ? "running"
    : `circuit ${it.circuit.replace("_", " ")}`;
}

function addList(sinks: Command, shell: Shell): void {
  sinks
    .command("list")
    .description("Lists the sinks with how far behind each is.")
    .action((_options, command: Command) =>
      runAction(shell, command, async (context) => {
        const { data } = await context.client.call("GET /v1/sinks");
        return answerList(context, data, {
          none: "There are no sinks.",
          columns: [
            { title: "SINK", of: (it) => it.name },
            { title: "KIND", of: (it) => it.kind },
            { title: "STATE", of: stateOf },
            { title: "BEHIND", of: (it) => it.lag_events, right: true },
            { title: "REFUSED", of: (it) => it.dead_letters, right: true },
            { title: "LAST ERROR", of: (it) => it.last_error },
          ],
        });
      }),
    );
}

function addPause(sinks: Command, shell: Shell): void {
  const steer = (verb: "pause" | "resume", description: string, done: string) =>
    sinks
      .command(verb)
      .description(description)
      .argument("<name>", "the sink")
      .action((name: string, _options, command: Command) =>
        runAction(shell, command, async (context) => {
          const answer = await context.client.call(`POST /v1/sinks/{name}/${verb}`, {
            path: { name },
          });
          context.answer(answer, () => `${answer.name} ${done}`);
          return EXIT.ok;
        }),
      );
  steer("pause", "Sends nothing more to a sink; it keeps its place.", "is paused");
  steer("resume", "Lets a paused sink go on where it stood.", "goes on");
}

function addReplay(sinks: Command, shell: Shell): void {
  sinks
    .command("replay")
    .description("Sends a sink's events again, from a time, a position or the beginning.")
    .argument("<name>", "the sink")
    .requiredOption(
      "--from <place>",
      '"beginning", a time such as 2026-03-01T12:00:00Z, a cursor of the log, or <lane>:<position>',
    )
    .action((name: string, { from }: { from: string }, command: Command) =>
      runAction(shell, command, async (context) => {
        const given = { path: { name }, body: { from } };
        const answer = await context.client.call("POST /v1/sinks/{name}/replay", given);
        const events = counted(answer.events, "event");
        context.answer(answer, () => `${events} will be sent to ${answer.name} again`);
        return EXIT.ok;
      }),
    );
}

function addDeadLetters(sinks: Command, shell: Shell): void {
  sinks
    .command("dead-letters")
    .description("Lists the events that a sink refused, and those that wait behind them.")
    .argument("<name>", "the sink")
    .option("--status <status>", "parked, released, replayed or discarded", "parked")
    .action((name: string, { status }: { status: string }, command: Command) =>
      runAction(shell, command, async (context) => {
        const query = unchecked<LetterQuery>({ status, limit: 500 });
        const given = { path: { name }, query };
        const { data } = await context.client.call("GET /v1/sinks/{name}/dead-letters", given);
        return answerList(context, data, {
          none: `${name} has no ${status} dead letters.`,
          columns: [
            { title: "ID", of: (it) => it.id },
            { title: "EVENT", of: (it) => it.type },
            { title: "CODE", of: (it) => it.code },
            { title: "SINCE", of: (it) => it.created_at },
          ],
        });
      }),
    );
  sinks
    .command("retry")
    .description("Sends a sink's dead letters again: one, or all without an id.")
    .argument("<name>", "the sink")
    .argument("[id]", "the dead letter")
    .action((name: string, id: string | undefined, _options, command: Command) =>
      runAction(shell, command, async (context) => {
        const { client } = context;
        const answer =
          id === undefined
            ? await client.call("POST /v1/sinks/{name}/dead-letters/replay", { path: { name } })
            : await client.call("POST /v1/sinks/{name}/dead-letters/{id}/replay", {
                path: { name, id },
              });
        context.answer(answer, () => `${counted(answer.letters, "event")} will be sent again`);
        return EXIT.ok;
      }),
    );
  sinks
    .command("discard")
    .description("Gives one dead letter up; what waits behind it is sent.")
    .argument("<name>", "the sink")
    .argument("<id>", "the dead letter")
    .requiredOption("--reason <text>", "why")
    .action((name: string, id: string, { reason }: { reason: string }, command: Command) =>
      runAction(shell, command, async (context) => {
        const operation = "POST /v1/sinks/{name}/dead-letters/{id}/discard";
        await context.client.call(operation, { path: { name, id }, body: { reason } });
        context.answer({ id, status: "discarded" }, () => `${id} is discarded`);
        return EXIT.ok;
      }),
    );
}
