/** `sinks` shows how far each sink is in the event log, and sends events from an earlier place again. */
import type { Command } from "commander";
import { z } from "zod";
import { counted } from "../client/textTable.ts";
import { answerList, runAction, type Shell } from "./command.ts";
import { EXIT } from "./exitCodes.ts";

const sink = z.looseObject({
  name: z.string(),
  kind: z.string().nullish(),
  paused: z.boolean().nullish(),
  publishing: z.boolean().nullish(),
  lag_events: z.number().nullish(),
  last_error: z.string().nullish(),
});
const sinkList = z.object({ data: z.array(sink) });
const replayed = z.looseObject({ name: z.string(), events: z.number() });

/** Adds the commands. */
export function addSinksCommand(program: Command, shell: Shell): void {
  const sinks = program.command("sinks").summary("sinks list, sinks replay: where events go");
  sinks
    .command("list")
    .description("Lists the sinks with how far behind each is.")
    .action((_options, command: Command) =>
      runAction(shell, command, async (context) => {
        const { data } = await context.client.get(sinkList, "/v1/sinks");
        return answerList(context, data, {
          none: "There are no sinks.",
          columns: [
            { title: "SINK", of: (it) => it.name },
            { title: "KIND", of: (it) => it.kind },
            { title: "STATE", of: (it) => (it.paused ? "paused" : "running") },
            { title: "BEHIND", of: (it) => it.lag_events, right: true },
            { title: "LAST ERROR", of: (it) => it.last_error },
          ],
        });
      }),
    );
  sinks
    .command("replay")
    .description("Sends a sink's events again, from a time or from the beginning.")
    .argument("<name>", "the sink")
    .requiredOption("--from <time>", '"beginning", or a time such as 2026-03-01T12:00:00Z')
    .action((name: string, { from }: { from: string }, command: Command) =>
      runAction(shell, command, async (context) => {
        const path = `/v1/sinks/${encodeURIComponent(name)}/replay`;
        const answer = await context.client.post(replayed, path, { body: { from } });
        const events = counted(answer.events, "event");
        context.answer(answer, () => `${events} will be sent to ${answer.name} again`);
        return EXIT.ok;
      }),
    );
}
