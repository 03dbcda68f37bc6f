/** What stands in the way of movements: halted lanes, and movements that no batch could write. */
import type { Row } from "../../client/operations.ts";
import { useApi } from "../state/context.ts";
import { placeOf } from "../state/place.ts";
import { usePages } from "../state/usePages.ts";
import { usePolled } from "../state/usePolled.ts";
import { Ask } from "../ui/ask.tsx";
import { grouped, words } from "../ui/format.ts";
import { PolledPanel } from "../ui/panel.tsx";
import { Age, Empty, Id } from "../ui/parts.tsx";
import { type Column, PagedTable, Table } from "../ui/table.tsx";
import { DiscardAsk } from "./discardAsk.tsx";

type Movement = Row<"GET /v1/set-aside-movements">;

const EVERY_MS = 5_000;

/** The view. */
export function SetAside() {
  return (
    <>
      <h1 tabIndex={-1}>Lanes and movements set aside</h1>
      <HaltedLanes />
      <Movements />
    </>
  );
}

function HaltedLanes() {
  const api = useApi();
  const polled = usePolled(
    (signal) => api.call("GET /v1/lanes", { query: { halted: "true" }, signal }),
    { key: "halted", everyMs: EVERY_MS },
  );
  return (
    <PolledPanel title="Halted lanes" polled={polled} lines={2}>
      {({ data }) =>
        data.length === 0 ? (
          <Empty>Every lane goes on.</Empty>
        ) : (
          <Table
            caption="Halted lanes"
            rows={data}
            keyOf={(lane) => String(lane.id)}
            columns={[
              { title: "Lane", of: (lane) => String(lane.id) },
              { title: "Waiting", right: true, of: (lane) => grouped(lane.depth) },
              { title: "Halted", of: (lane) => <Age at={lane.halted_at} /> },
              { title: "Why", of: (lane) => lane.halted_reason ?? "–" },
              {
                title: "",
                of: (lane) => (
                  <Ask
                    label="Let it go on"
                    title={`Let lane ${lane.id} go on?`}
                    onDone={polled.reload}
                    perform={(_, key) =>
                      api.call("POST /v1/lanes/{id}/resume", {
                        path: { id: lane.id },
                        headers: { "idempotency-key": key },
                      })
                    }
                  >
                    <p>Mend the cause first, or it halts again.</p>
                  </Ask>
                ),
              },
            ]}
          />
        )
      }
    </PolledPanel>
  );
}

function Movements() {
  const api = useApi();
  const pages = usePages(
    (cursor, signal) => api.call("GET /v1/set-aside-movements", { query: { cursor }, signal }),
    "set aside",
  );
  const columns: readonly Column<Movement>[] = [
    {
      title: "Movement",
      of: (row) => (
        <a href={placeOf(["movements", row.id])}>
          {words(row.type)} <Id of={row.id} />
        </a>
      ),
    },
    { title: "Level", of: (row) => `${row.sku} at ${row.warehouse}` },
    { title: "Quantity", right: true, of: (row) => grouped(row.quantity) },
    { title: "Lane", right: true, of: (row) => String(row.lane) },
    { title: "Set aside", of: (row) => <Age at={row.set_aside_at} /> },
    { title: "Why", of: (row) => row.error },
    {
      title: "",
      of: (row) => (
        <>
          <details>
            <summary>As it came</summary>
            <pre>{JSON.stringify(row.movement, null, 2)}</pre>
          </details>
          <MovementSteps id={row.id} onDone={pages.reload} />
        </>
      ),
    },
  ];
  return (
    <PagedTable
      title="Movements set aside, oldest first"
      columns={columns}
      pages={pages}
      keyOf={(row) => row.id}
      empty="No movement is set aside."
    />
  );
}

function MovementSteps({ id, onDone }: { readonly id: string; readonly onDone: () => void }) {
  const api = useApi();
  const path = { id };
  return (
    <div class="buttons">
      <Ask
        label="Try again"
        title="Send this movement back to be applied?"
        onDone={onDone}
        perform={(_, key) =>
          api.call("POST /v1/set-aside-movements/{id}/retry", {
            path,
            headers: { "idempotency-key": key },
          })
        }
      >
        <p>With it goes its whole group, if it has one.</p>
      </Ask>
      <DiscardAsk
        label="Reject"
        title="Reject this movement for good?"
        onDone={onDone}
        discard={(request) =>
          api.call("POST /v1/set-aside-movements/{id}/discard", { path, ...request })
        }
      />
    </div>
  );
}
