/** Events that a sink refused: list, read, send again, give up. */
import type { Row } from "../../client/operations.ts";
import { useApi } from "../state/context.ts";
import { type Place } from "../state/place.ts";
import { usePages } from "../state/usePages.ts";
import { Ask } from "../ui/ask.tsx";
import { SelectAny, textOf } from "../ui/fields.tsx";
import { FilterForm } from "../ui/filterForm.tsx";
import { Moment, Status } from "../ui/parts.tsx";
import { type Column, PagedTable } from "../ui/table.tsx";
import { DiscardAsk } from "./discardAsk.tsx";

type Letter = Row<"GET /v1/sinks/{name}/dead-letters">;

const LETTER_STATES: readonly Letter["status"][] = ["parked", "released", "replayed", "discarded"];

/** The view below a sink. */
export function RefusedEvents({
  name,
  place,
  onDone,
}: {
  readonly name: string;
  readonly place: Place;
  readonly onDone: () => void;
}) {
  const api = useApi();
  const status = LETTER_STATES.find((one) => one === place.query["status"]);
  const pages = usePages(
    (cursor, signal) =>
      api.call("GET /v1/sinks/{name}/dead-letters", {
        path: { name },
        query: { status, cursor },
        signal,
      }),
    JSON.stringify([name, status]),
  );
  const changed = (): void => {
    pages.reload();
    onDone();
  };
  return (
    <>
      <FilterForm
        label="Filter refused events"
        path={["sinks", name]}
        query={place.query}
        read={(data) => ({ status: textOf(data, "status") })}
        onSame={pages.reload}
      >
        <SelectAny label="Refused events" name="status" value={status} of={LETTER_STATES} />
        <div class="buttons">
          <button type="submit">Filter</button>
        </div>
      </FilterForm>
      <PagedTable
        title="Refused events, oldest first"
        columns={columnsOf(name, changed)}
        pages={pages}
        keyOf={(row) => row.id}
        empty="The sink refused nothing."
        actions={
          <Ask
            label="Send all parked again"
            title="Send all parked events again?"
            onDone={changed}
            perform={(_, key) =>
              api.call("POST /v1/sinks/{name}/dead-letters/replay", {
                path: { name },
                headers: { "idempotency-key": key },
              })
            }
          />
        }
      />
    </>
  );
}

function columnsOf(name: string, changed: () => void): Column<Letter>[] {
  return [
    { title: "Parked", of: (row) => <Moment at={row.created_at} /> },
    { title: "Event", of: (row) => row.type },
    { title: "About", of: (row) => row.partition_key },
    { title: "Why", of: (row) => `${row.code}${row.reason === null ? "" : `: ${row.reason}`}` },
    { title: "Status", of: (row) => <Status of={row.status} /> },
    {
      title: "",
      of: (row) => (
        <>
          <details>
            <summary>Event</summary>
            <pre>{JSON.stringify(row.event, null, 2)}</pre>
          </details>
          {row.status === "parked" && <LetterSteps name={name} id={row.id} onDone={changed} />}
        </>
      ),
    },
  ];
}

function LetterSteps({
  name,
  id,
  onDone,
}: {
  readonly name: string;
  readonly id: string;
  readonly onDone: () => void;
}) {
  const api = useApi();
  const path = { name, id };
  return (
    <div class="buttons">
      <Ask
        label="Send again"
        title="Send this event again?"
        onDone={onDone}
        perform={(_, key) =>
          api.call("POST /v1/sinks/{name}/dead-letters/{id}/replay", {
            path,
            headers: { "idempotency-key": key },
          })
        }
      />
      <DiscardAsk
        label="Give up"
        title="Give this event up for this sink?"
        onDone={onDone}
        discard={(request) =>
          api.call("POST /v1/sinks/{name}/dead-letters/{id}/discard", { path, ...request })
        }
      />
    </div>
  );
}
