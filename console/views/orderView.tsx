/** One purchase order: its lines with their working, and its way from draft to received. */
import { useState } from "preact/hooks";
import { explainOrderLine } from "../../client/explainOrderLine.ts";
import type { Answer } from "../../client/operations.ts";
import type { Exchange } from "../http/api.ts";
import { saveFromStorage } from "../http/saveFile.ts";
import { useApi, useMay } from "../state/context.ts";
import { placeOf } from "../state/place.ts";
import { useAction } from "../state/useAction.ts";
import { type Polled, usePolled } from "../state/usePolled.ts";
import { Ask } from "../ui/ask.tsx";
import { grouped, plain } from "../ui/format.ts";
import { Panel, PolledPanel } from "../ui/panel.tsx";
import { Badge, Fact, Facts, Moment, ProblemBox, Status } from "../ui/parts.tsx";
import { totalOf } from "./orderList.tsx";
import { OrderReceive } from "./orderReceive.tsx";

type Order = Answer<"GET /v1/purchase-orders/{id}">;

/** The view. */
export function OrderView({ id }: { readonly id: string }) {
  const api = useApi();
  const may = useMay();
  const polled = usePolled(
    (signal) => api.exchange("GET /v1/purchase-orders/{id}", { path: { id }, signal }),
    { key: id },
  );
  const order = polled.value?.value;
  return (
    <>
      <p class="trail">
        <a href={placeOf(["orders"])}>Purchase orders</a>
      </p>
      <h1 tabIndex={-1}>{order?.number ?? "Purchase order"}</h1>
      <PolledPanel title="Order" polled={polled} lines={6}>
        {({ value }) => (
          <>
            <OrderFacts order={value} />
            {may("purchasing:write") && <Steps polled={polled} />}
          </>
        )}
      </PolledPanel>
      {order !== undefined && (
        <Panel title="Lines" wide>
          <div class="cards">
            {order.lines.map((line) => (
              <Line key={line.id} line={line} warehouse={order.warehouse} />
            ))}
          </div>
        </Panel>
      )}
    </>
  );
}

function OrderFacts({ order }: { readonly order: Order }) {
  return (
    <Facts>
      <Fact name="Status">
        <Status of={order.status} />{" "}
        {order.late && <Badge tone="bad">{`late by ${order.days_late} d`}</Badge>}
      </Fact>
      <Fact name="Supplier">{order.supplier}</Fact>
      <Fact name="Warehouse">{order.warehouse}</Fact>
      <Fact name="Total">{totalOf(order)}</Fact>
      <Fact name="Expected">{order.expected_on ?? "–"}</Fact>
      <Fact name="Created">
        <Moment at={order.created_at} />
        <span class="quiet">{` by ${order.created_by}`}</span>
      </Fact>
      {order.approved_at !== null && (
        <Fact name="Approved">
          <Moment at={order.approved_at} />
          <span class="quiet">{` by ${order.approved_by ?? ""}`}</span>
        </Fact>
      )}
      {order.sent_at !== null && (
        <Fact name="Sent">
          <Moment at={order.sent_at} />
        </Fact>
      )}
      {order.received_at !== null && (
        <Fact name="Received">
          <Moment at={order.received_at} />
        </Fact>
      )}
      {order.note !== null && <Fact name="Note">{order.note}</Fact>}
    </Facts>
  );
}

const STEPS = {
  approve: { from: ["draft"], label: "Approve", ask: "Approve this order?" },
  send: { from: ["approved"], label: "Mark as sent", ask: "Mark this order as sent?" },
  cancel: {
    from: ["draft", "approved", "sent", "partially_received"],
    label: "Cancel order",
    ask: "Cancel this order?",
  },
} as const;

function Steps({ polled }: { readonly polled: Polled<Exchange<Order>> }) {
  const api = useApi();
  const exchange = polled.value;
  const [receiving, setReceiving] = useState(false);
  const document = useAction(async (id: string, key) => {
    const headers = { "idempotency-key": key };
    const answer = await api.call("POST /v1/purchase-orders/{id}/document", {
      path: { id },
      headers,
    });
    saveFromStorage(answer.download_url);
  });
  if (exchange === undefined) return null;
  const { value: order, etag } = exchange;
  const isOneOf = (states: readonly string[]): boolean => states.includes(order.status);
  return (
    <>
      <div class="buttons">
        {(["approve", "send", "cancel"] as const)
          .filter((step) => isOneOf(STEPS[step].from))
          .map((step) => (
            <Ask
              key={step}
              label={STEPS[step].label}
              tone={step === "cancel" ? "danger" : "primary"}
              title={STEPS[step].ask}
              onDone={polled.reload}
              perform={(_, key) =>
                api.call(`POST /v1/purchase-orders/{id}/${step}`, {
                  path: { id: order.id },
                  headers: { "idempotency-key": key, ...ifMatch(etag) },
                })
              }
            >
              <p>{`${order.number}: ${order.supplier}, ${totalOf(order)}, as you see it (version ${order.version}).`}</p>
              {step === "cancel" && <p>What was received stays received.</p>}
            </Ask>
          ))}
        {isOneOf(["sent", "partially_received"]) && (
          <button type="button" class="primary" onClick={() => setReceiving(!receiving)}>
            Receive goods
          </button>
        )}
        <button type="button" disabled={document.busy} onClick={() => void document.run(order.id)}>
          {document.busy ? "Writing …" : "Document (XLSX)"}
        </button>
        <button type="button" class="plain" onClick={polled.reload}>
          Refresh
        </button>
      </div>
      <ProblemBox error={document.error} />
      {receiving && (
        <OrderReceive
          order={order}
          headers={ifMatch(etag)}
          onDone={() => {
            setReceiving(false);
            polled.reload();
          }}
        />
      )}
    </>
  );
}

/** The write is for the version that was seen; another one is 412. */
function ifMatch(etag: string | undefined): Record<string, string> {
  return etag === undefined ? {} : { "if-match": etag };
}

function Line({
  line,
  warehouse,
}: {
  readonly line: Order["lines"][number];
  readonly warehouse: string;
}) {
  const working = explainOrderLine(line);
  const cost = line.unit_cost === null ? "no cost" : `${grouped(line.unit_cost)} each`;
  return (
    <article class="card">
      <h3>
        <a href={placeOf(["stock", line.sku, warehouse])}>{line.sku}</a>{" "}
        <span class="quiet">{line.name}</span>
      </h3>
      <p>
        <strong>{grouped(line.quantity)}</strong>
        {` ordered, ${grouped(line.received_quantity)} received, ${grouped(line.open_quantity)} open, ${cost}`}
      </p>
      {working === undefined ? (
        <p class="quiet small">Written by hand; there is no working.</p>
      ) : (
        <>
          <p class="working">{working}</p>
          <details>
            <summary>Every figure of the working</summary>
            <Facts>
              {figuresOf(line.explanation).map(([name, value]) => (
                <Fact key={name} name={name.replaceAll("_", " ")}>
                  {value}
                </Fact>
              ))}
            </Facts>
          </details>
        </>
      )}
    </article>
  );
}

function figuresOf(explanation: Order["lines"][number]["explanation"]): [string, string][] {
  return Object.entries(explanation ?? {}).flatMap(([name, value]): [string, string][] => {
    const isEmpty = value === null || (Array.isArray(value) && value.length === 0);
    return isEmpty ? [] : [[name, plain(value)]];
  });
}
