/** Sinks: how far each is, pausing, resuming and replaying, and the events that one refused. */
import type { Row } from "../../client/operations.ts";
import { useApi } from "../state/context.ts";
import { type Place, placeOf } from "../state/place.ts";
import { useAction } from "../state/useAction.ts";
import { type Polled, usePolled } from "../state/usePolled.ts";
import { Ask } from "../ui/ask.tsx";
import { Input, textOf } from "../ui/fields.tsx";
import { counted, grouped } from "../ui/format.ts";
import { PolledPanel } from "../ui/panel.tsx";
import { Age, Fact, Facts, ProblemBox, Status } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";
import { lagWords, SinkState } from "./overviewOperations.tsx";
import { RefusedEvents } from "./refusedEvents.tsx";

type Sink = Row<"GET /v1/sinks">;

const EVERY_MS = 3_000;

/** All sinks. */
export function SinkList() {
  const api = useApi();
  const polled = usePolled((signal) => api.call("GET /v1/sinks", { signal }), {
    key: "sinks",
    everyMs: EVERY_MS,
  });
  return (
    <>
      <h1 tabIndex={-1}>Sinks</h1>
      <PolledPanel title="All sinks" polled={polled} lines={4}>
        {({ data }) => (
          <Table
            caption="Sinks"
            rows={data}
            keyOf={(sink) => sink.name}
            columns={[
              {
                title: "Sink",
                of: (sink) => <a href={placeOf(["sinks", sink.name])}>{sink.name}</a>,
              },
              { title: "Kind", of: (sink) => sink.kind },
              { title: "State", of: (sink) => <SinkState sink={sink} /> },
              { title: "Lag", of: lagWords },
              { title: "Refused events", right: true, of: (sink) => grouped(sink.dead_letters) },
              { title: "", of: (sink) => <PauseOrResume sink={sink} onDone={polled.reload} /> },
            ]}
          />
        )}
      </PolledPanel>
    </>
  );
}

function PauseOrResume({ sink, onDone }: { readonly sink: Sink; readonly onDone: () => void }) {
  const api = useApi();
  const action = useAction(async (step: "pause" | "resume", key) => {
    const headers = { "idempotency-key": key };
    await api.call(`POST /v1/sinks/{name}/${step}`, { path: { name: sink.name }, headers });
    onDone();
  });
  const step = sink.paused ? "resume" : "pause";
  return (
    <>
      <button type="button" disabled={action.busy} onClick={() => void action.run(step)}>
        {sink.paused ? "Resume" : "Pause"}
      </button>
      <ProblemBox error={action.error} />
    </>
  );
}

/** One sink. */
export function SinkView({ name, place }: { readonly name: string; readonly place: Place }) {
  const api = useApi();
  const polled = usePolled(
    (signal) => api.call("GET /v1/sinks/{name}", { path: { name }, signal }),
    {
      key: name,
      everyMs: EVERY_MS,
    },
  );
  return (
    <>
      <p class="trail">
        <a href={placeOf(["sinks"])}>Sinks</a>
      </p>
      <h1 tabIndex={-1}>{name}</h1>
      <PolledPanel title="Sink" polled={polled} lines={6}>
        {(sink) => (
          <>
            <SinkFacts sink={sink} />
            <div class="buttons">
              <PauseOrResume sink={sink} onDone={polled.reload} />
              <Replay name={name} polled={polled} />
            </div>
          </>
        )}
      </PolledPanel>
      <RefusedEvents name={name} place={place} onDone={polled.reload} />
    </>
  );
}

function SinkFacts({ sink }: { readonly sink: Sink }) {
  return (
    <Facts>
      <Fact name="State">
        <SinkState sink={sink} />
      </Fact>
      <Fact name="Kind">{sink.kind}</Fact>
      <Fact name="Lag">{lagWords(sink)}</Fact>
      <Fact name="Acknowledged">
        {`${grouped(sink.positions.acknowledged_events)} of ${counted(sink.positions.log_events, "event")}`}
      </Fact>
      <Fact name="Circuit">
        <Status of={sink.circuit} />
      </Fact>
      {sink.paused && <Fact name="Paused by">{sink.paused_by ?? "–"}</Fact>}
      {sink.failing_since !== null && (
        <Fact name="Failing since">
          <Age at={sink.failing_since} />
        </Fact>
      )}
      {sink.last_error !== null && (
        <Fact name="Last failure">
          {sink.last_error}{" "}
          <span class="quiet">
            (<Age at={sink.last_error_at} />)
          </span>
        </Fact>
      )}
    </Facts>
  );
}

function Replay({ name, polled }: { readonly name: string; readonly polled: Polled<Sink> }) {
  const api = useApi();
  return (
    <Ask
      label="Replay"
      title={`Send events to ${name} again?`}
      confirm="Send again"
      onDone={polled.reload}
      perform={(data, key) =>
        api.call("POST /v1/sinks/{name}/replay", {
          path: { name },
          body: { from: textOf(data, "from") },
          headers: { "idempotency-key": key },
        })
      }
    >
      <p>Consumers get every event from there on once more, with the same ids.</p>
      <Input
        label="From"
        name="from"
        required
        hint='"beginning", a time with offset (2026-03-01T12:00:00Z), a cursor of the event log, or <lane>:<position>'
      />
    </Ask>
  );
}
