/** One level: its figures now or at a past moment, its ledger, and movements posted to it. */
import { useRef } from "preact/hooks";
import type { Answer, Row } from "../../client/operations.ts";
import { useApi, useMay } from "../state/context.ts";
import { type Place, placeOf } from "../state/place.ts";
import { goTo } from "../state/route.ts";
import { usePages } from "../state/usePages.ts";
import { type Polled, usePolled } from "../state/usePolled.ts";
import { Form, Input, textOf } from "../ui/fields.tsx";
import { grouped, instantOf, localField, localTime, words } from "../ui/format.ts";
import { Panel, PolledPanel } from "../ui/panel.tsx";
import { Age, Moment } from "../ui/parts.tsx";
import { type Column, PagedTable } from "../ui/table.tsx";
import { MovementForm } from "./movementForm.tsx";
import { REVERSIBLE, ReverseMovement } from "./reverseMovement.tsx";
import { Transits } from "./transits.tsx";

const EVERY_MS = 10_000;

interface LevelProps {
  readonly sku: string;
  readonly warehouse: string;
  readonly place: Place;
}

/** All that is shown of a level; `changed` reads it anew, at that version or later. */
function useLevel(sku: string, warehouse: string, asOf: string | undefined) {
  const api = useApi();
  const minVersion = useRef<number | undefined>(undefined);
  const path = { sku, warehouse };
  const level = usePolled(
    (signal) =>
      api.call("GET /v1/stock/{sku}/{warehouse}", {
        path,
        query: asOf === undefined ? { min_version: minVersion.current } : { as_of: asOf },
        signal,
      }),
    {
      key: JSON.stringify([sku, warehouse, asOf]),
      everyMs: asOf === undefined ? EVERY_MS : undefined,
    },
  );
  const item = usePolled(
    (signal) => api.call("GET /v1/items/{id}", { path: { id: `sku:${sku}` }, signal }),
    { key: sku },
  );
  const ledger = usePages(
    (cursor, signal) =>
      api.call("GET /v1/stock/{sku}/{warehouse}/movements", { path, query: { cursor }, signal }),
    JSON.stringify([sku, warehouse]),
  );
  const changed = (version: number | undefined): void => {
    if (version !== undefined) minVersion.current = version;
    level.reload();
    ledger.reload();
  };
  return { level, item, ledger, changed };
}

/** The view. */
export function StockLevel({ sku, warehouse, place }: LevelProps) {
  const may = useMay();
  const asOf = place.query["as_of"];
  const { level, item, ledger, changed } = useLevel(sku, warehouse, asOf);
  return (
    <>
      <p class="trail">
        <a href={placeOf(["stock"])}>Stock</a> / <a href={placeOf(["stock"], { sku })}>{sku}</a>
      </p>
      <h1 tabIndex={-1}>
        {sku} <span class="quiet">at {warehouse}</span>
      </h1>
      <p class="lead">{item.value?.name ?? "\u00a0"}</p>
      <PolledPanel
        title={asOf === undefined ? "Level" : `Level as it was ${localTime(asOf)}`}
        polled={level}
        lines={3}
      >
        {(value) => <Figures level={value} unit={item.value?.unit} />}
      </PolledPanel>
      <PastForm sku={sku} warehouse={warehouse} asOf={asOf} />
      {asOf === undefined && (
        <Now sku={sku} warehouse={warehouse} level={level} item={item.value} onChanged={changed} />
      )}
      <PagedTable
        title="Ledger, newest first"
        columns={ledgerColumns(may("movements:write") ? () => changed(undefined) : undefined)}
        pages={ledger}
        keyOf={(row) => `${row.version}`}
        empty="No movement has touched this level."
      />
    </>
  );
}

type Level = Answer<"GET /v1/stock/{sku}/{warehouse}">;

interface NowProps {
  readonly sku: string;
  readonly warehouse: string;
  readonly level: Polled<Level>;
  readonly item: Answer<"GET /v1/items/{id}"> | undefined;
  readonly onChanged: (version: number | undefined) => void;
}

/** What can be done with the level as it is now. */
function Now({ sku, warehouse, level, item, onChanged }: NowProps) {
  const may = useMay();
  // Until the level is known to be missing, the form has its place, so that nothing below it jumps.
  const isThere = level.value !== undefined || level.error === undefined;
  const comes = level.value !== undefined && level.value.in_transit !== "0";
  return (
    <>
      {isThere && may("movements:write") && (
        <Panel title="Post a movement" wide>
          <MovementForm
            sku={sku}
            warehouse={warehouse}
            item={item}
            version={level.value?.version}
            onApplied={onChanged}
          />
        </Panel>
      )}
      {comes && <Transits sku={sku} warehouse={warehouse} onArrived={() => onChanged(undefined)} />}
    </>
  );
}

function Figures({ level, unit }: { readonly level: Level; readonly unit: string | undefined }) {
  const figures: readonly (readonly [string, string | null])[] = [
    ["On hand", level.on_hand],
    ["Reserved", level.reserved],
    ["Unavailable", level.unavailable],
    ["Available", level.available],
    ["Incoming", level.incoming],
    ["In transit", level.in_transit],
  ];
  return (
    <>
      <dl class="figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value === null ? "–" : grouped(value)}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet small">
        {unit !== undefined && `in ${unit} · `}
        {`version ${level.version} · changed `}
        <Age at={level.updated_at} />
        {level.average_cost !== null && ` · average cost ${level.average_cost}`}
      </p>
    </>
  );
}

function PastForm({
  sku,
  warehouse,
  asOf,
}: {
  readonly sku: string;
  readonly warehouse: string;
  readonly asOf: string | undefined;
}) {
  return (
    <Form
      key={asOf ?? ""}
      label="A past moment"
      row
      onSubmit={(data) =>
        goTo(["stock", sku, warehouse], { as_of: instantOf(textOf(data, "as_of")) })
      }
    >
      <Input label="As of" name="as_of" type="datetime-local" value={localField(asOf)} />
      <div class="buttons">
        <button type="submit">Show that moment</button>
        {asOf !== undefined && (
          <a class="button" href={placeOf(["stock", sku, warehouse])}>
            Back to now
          </a>
        )}
      </div>
    </Form>
  );
}

type Entry = Row<"GET /v1/stock/{sku}/{warehouse}/movements">;

function ledgerColumns(onReversed: (() => void) | undefined): Column<Entry>[] {
  return [
    { title: "Recorded", of: (row) => <Moment at={row.recorded_at} /> },
    {
      title: "Movement",
      of: (row) => <a href={placeOf(["movements", row.movement_id])}>{words(row.type)}</a>,
    },
    { title: "Quantity", right: true, of: (row) => signed(row.quantity) },
    {
      title: "On hand after",
      right: true,
      of: (row) => <strong>{grouped(row.balance_after)}</strong>,
    },
    { title: "Other balances", of: otherBalances },
    { title: "Why", of: whyOf },
    { title: "By", of: (row) => <span class="quiet">{`${row.actor} (${row.source})`}</span> },
    {
      title: "",
      of: (row) =>
        onReversed !== undefined &&
        REVERSIBLE.has(row.type) && (
          <ReverseMovement id={row.movement_id} type={row.type} onDone={onReversed} />
        ),
    },
  ];
}

function signed(quantity: string): string {
  return quantity.startsWith("-") || quantity === "0" ? grouped(quantity) : `+${grouped(quantity)}`;
}

/** What the entry did to reserved, unavailable and in transit, where it did. */
function otherBalances(row: Entry): string {
  const parts: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ["reserved", row.reserved_change, row.reserved_after],
    ["unavailable", row.unavailable_change, row.unavailable_after],
    ["in transit", row.in_transit_change, row.in_transit_after],
  ];
  return parts
    .filter(([, change]) => change !== undefined && change !== "0")
    .map(([name, change, after]) => `${name} ${signed(change ?? "0")} → ${grouped(after ?? "0")}`)
    .join(", ");
}

function whyOf(row: Entry): string {
  const parts = [
    row.reason,
    row.reference === null
      ? null
      : [row.reference.type, row.reference.id].filter(Boolean).join(" "),
    row.counterpart_warehouse === null ? null : `with ${row.counterpart_warehouse}`,
    row.lot === undefined ? null : `lot ${row.lot}`,
  ];
  return parts.filter((part) => part !== null && part !== "").join(" · ");
}
