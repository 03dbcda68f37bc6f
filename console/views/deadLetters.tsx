/** Inbound records that could not be taken: list, read, replay as they came or mended, give up. */
import type { Row } from "../../client/operations.ts";
import { useApi } from "../state/context.ts";
import { type Place, placeOf } from "../state/place.ts";
import { usePages } from "../state/usePages.ts";
import { usePolled } from "../state/usePolled.ts";
import { Ask } from "../ui/ask.tsx";
import { Select, TextArea, textOf } from "../ui/fields.tsx";
import { FilterForm } from "../ui/filterForm.tsx";
import { byteSize, words } from "../ui/format.ts";
import { Panel, PolledPanel } from "../ui/panel.tsx";
import { Age, Fact, Facts, Moment, Status } from "../ui/parts.tsx";
import { type Column, PagedTable } from "../ui/table.tsx";
import { DiscardAsk } from "./discardAsk.tsx";

type Letter = Row<"GET /v1/dead-letters">;

const STATUSES: readonly Letter["status"][] = ["parked", "replayed", "discarded"];

const COLUMNS: readonly Column<Letter>[] = [
  {
    title: "Parked",
    of: (row) => (
      <a href={placeOf(["dead-letters", row.id])}>
        <Moment at={row.parked_at} />
      </a>
    ),
  },
  { title: "From", of: (row) => row.origin },
  { title: "Event", of: (row) => row.event_type ?? "–" },
  { title: "Why", of: (row) => `${row.code}: ${row.reason}` },
  { title: "Status", of: (row) => <Status of={row.status} /> },
  { title: "Size", right: true, of: (row) => byteSize(row.bytes) },
];

/** The list. */
export function DeadLetterList({ place }: { readonly place: Place }) {
  const api = useApi();
  const wanted = place.query["status"];
  const status = wanted === undefined ? "parked" : STATUSES.find((one) => one === wanted);
  const pages = usePages(
    (cursor, signal) => api.call("GET /v1/dead-letters", { query: { status, cursor }, signal }),
    `letters ${status}`,
  );
  return (
    <>
      <h1 tabIndex={-1}>Dead letters</h1>
      <p class="lead">Records of Kinesis, Kafka and SQS that could not be taken in.</p>
      <FilterForm
        label="Filter dead letters"
        path={["dead-letters"]}
        query={place.query}
        read={(data) => ({ status: textOf(data, "status") })}
        onSame={pages.reload}
      >
        <Select
          label="Status"
          name="status"
          value={status}
          options={[...STATUSES.map((one) => [one, words(one)] as const), ["any", "Any"]]}
        />
        <div class="buttons">
          <button type="submit">Filter</button>
        </div>
      </FilterForm>
      <PagedTable
        title="Dead letters, oldest first"
        columns={COLUMNS}
        pages={pages}
        keyOf={(row) => row.id}
        empty="None."
      />
    </>
  );
}

/** One letter with what it holds. */
export function DeadLetterView({ id }: { readonly id: string }) {
  const api = useApi();
  const path = { id };
  const polled = usePolled((signal) => api.call("GET /v1/dead-letters/{id}", { path, signal }), {
    key: id,
  });
  const letter = polled.value;
  return (
    <>
      <p class="trail">
        <a href={placeOf(["dead-letters"])}>Dead letters</a>
      </p>
      <h1 tabIndex={-1}>Dead letter</h1>
      <PolledPanel title={id} polled={polled} lines={6}>
        {(value) => (
          <>
            <Facts>
              <Fact name="Status">
                <Status of={value.status} />
              </Fact>
              <Fact name="From">{`${value.origin} at ${value.position}`}</Fact>
              <Fact name="Parked">
                <Age at={value.parked_at} />
              </Fact>
              <Fact name="Why">{`${value.code}: ${value.reason}`}</Fact>
              {value.resolved_at !== null && (
                <Fact name="Resolved">
                  <Age at={value.resolved_at} />
                  {` by ${value.resolved_by ?? ""}${value.resolution === null ? "" : `: ${value.resolution}`}`}
                </Fact>
              )}
              {value.movement_id !== null && (
                <Fact name="Movement">
                  <a href={placeOf(["movements", value.movement_id])}>see it</a>
                </Fact>
              )}
            </Facts>
            {value.status === "parked" && (
              <LetterSteps id={id} payload={value.payload} onDone={polled.reload} />
            )}
          </>
        )}
      </PolledPanel>
      {letter !== undefined && (
        <Panel title={`What it holds (${letter.encoding})`} wide>
          <pre>{indented(letter.payload)}</pre>
        </Panel>
      )}
    </>
  );
}

interface StepsProps {
  readonly id: string;
  readonly payload: string;
  readonly onDone: () => void;
}

function LetterSteps({ id, payload, onDone }: StepsProps) {
  const api = useApi();
  const path = { id };
  return (
    <div class="buttons">
      <Ask
        label="Replay"
        title="Take this letter in?"
        confirm="Take it in"
        onDone={onDone}
        perform={async (data, key) => {
          const text = textOf(data, "event");
          const body =
            text === "" || text === indented(payload).trim() ? {} : { event: eventOf(text) };
          return api.call("POST /v1/dead-letters/{id}/replay", {
            path,
            body,
            headers: { "idempotency-key": key },
          });
        }}
      >
        <p>As it came, or mended here. It is applied once, by its event's id.</p>
        <TextArea label="Event (JSON)" name="event" rows={12} value={indented(payload)} />
      </Ask>
      <DiscardAsk
        label="Give up"
        title="Give this letter up?"
        onDone={onDone}
        discard={(request) => api.call("POST /v1/dead-letters/{id}/discard", { path, ...request })}
      />
    </div>
  );
}

function eventOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: Readonly<Record<string, unknown>> = JSON.parse(text);
    return value;
  } catch (thrown) {
    throw new Error(`That is not JSON (${thrown instanceof Error ? thrown.message : ""}).`, {
      cause: thrown,
    });
  }
}

/** JSON with line breaks; anything else as it is. */
function indented(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload; // shown as it came
  }
}
