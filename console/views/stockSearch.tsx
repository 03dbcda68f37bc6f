/** Stock levels by SKU, warehouse, lowness and moment. The address holds what was searched for. */
import { useState } from "preact/hooks";
import type { Row } from "../../client/operations.ts";
import { useApi, useMay } from "../state/context.ts";
import { type Place, placeOf } from "../state/place.ts";
import { usePages } from "../state/usePages.ts";
import { usePolled } from "../state/usePolled.ts";
import { Input, Select, textOf } from "../ui/fields.tsx";
import { FilterForm } from "../ui/filterForm.tsx";
import { grouped, instantOf, localField, localTime } from "../ui/format.ts";
import { Age } from "../ui/parts.tsx";
import { type Column, PagedTable } from "../ui/table.tsx";

type Level = Row<"GET /v1/stock">;

const FIGURES: readonly Column<Level>[] = [
  { title: "On hand", right: true, of: (row) => <strong>{grouped(row.on_hand)}</strong> },
  { title: "Reserved", right: true, of: (row) => grouped(row.reserved) },
  { title: "Unavailable", right: true, of: (row) => grouped(row.unavailable) },
  { title: "Available", right: true, of: (row) => <strong>{grouped(row.available)}</strong> },
  {
    title: "Incoming",
    right: true,
    of: (row) => (row.incoming === null ? "–" : grouped(row.incoming)),
  },
  { title: "In transit", right: true, of: (row) => grouped(row.in_transit) },
];

const CHANGED: Column<Level> = { title: "Changed", of: (row) => <Age at={row.updated_at} /> };

const LOW: readonly Column<Level>[] = [
  { title: "Position", right: true, of: (row) => grouped(row.position ?? "–") },
  { title: "Reorder at", right: true, of: (row) => grouped(row.reorder_at ?? "–") },
  { title: "Short by", right: true, of: (row) => grouped(row.shortfall ?? "–") },
];

/** The view. */
export function StockSearch({ place }: { readonly place: Place }) {
  const api = useApi();
  const may = useMay();
  const { sku, warehouse, low, as_of: asOf } = place.query;
  const pages = usePages(
    (cursor, signal) =>
      api.call("GET /v1/stock", {
        query: { sku, warehouse, as_of: asOf, low: low === "true" ? "true" : undefined, cursor },
        signal,
      }),
    JSON.stringify(place.query),
  );
  const columns: readonly Column<Level>[] = [
    {
      title: "SKU",
      of: (row) => (
        <a href={placeOf(["stock", row.sku, row.warehouse], { as_of: asOf })}>{row.sku}</a>
      ),
    },
    { title: "Warehouse", of: (row) => row.warehouse },
    ...FIGURES,
    ...(low === "true" ? LOW : [CHANGED]),
  ];
  return (
    <>
      <h1 tabIndex={-1}>Stock</h1>
      <SearchForm place={place} onSame={pages.reload} />
      <PagedTable
        title={asOf === undefined ? "Levels" : `Levels as they were ${localTime(asOf)}`}
        columns={columns}
        pages={pages}
        keyOf={(row) => `${row.sku}\n${row.warehouse}`}
        empty={
          low === "true"
            ? "Nothing is at or below its reorder level."
            : "No level matches. SKUs are compared exactly; the list of items below the field finds them by name."
        }
        actions={
          may("movements:write") && (
            <a class="button" href={placeOf(["movements", "new"], { sku, warehouse })}>
              Post a movement
            </a>
          )
        }
      />
    </>
  );
}

interface SearchFormProps {
  readonly place: Place;
  readonly onSame: () => void;
}

function SearchForm({ place, onSame }: SearchFormProps) {
  const { sku, warehouse, low, as_of: asOf } = place.query;
  const read = (data: FormData) => ({
    sku: textOf(data, "sku"),
    warehouse: textOf(data, "warehouse"),
    low: textOf(data, "low"),
    as_of: instantOf(textOf(data, "as_of")),
  });
  return (
    <FilterForm label="Find stock" path={["stock"]} query={place.query} read={read} onSame={onSame}>
      <SkuInput value={sku} />
      <WarehouseInput label="Warehouse" name="warehouse" value={warehouse} />
      <Select
        label="Show"
        name="low"
        value={low}
        options={[
          ["", "All levels"],
          ["true", "Low stock only"],
        ]}
      />
      <Input label="As of" name="as_of" type="datetime-local" value={localField(asOf)} />
      <div class="buttons">
        <button type="submit" class="primary">
          Search
        </button>
        <a class="button" href={placeOf(["stock"])}>
          Clear
        </a>
      </div>
    </FilterForm>
  );
}

const SUGGESTIONS = 20;

/** A SKU, with suggestions by SKU and name as one types. */
export function SkuInput({
  value,
  required = false,
  onInput,
}: {
  readonly value?: string | undefined;
  readonly required?: boolean;
  readonly onInput?: (sku: string) => void;
}) {
  const api = useApi();
  const [typed, setTyped] = useState("");
  const found = usePolled(
    async (signal) =>
      typed === ""
        ? []
        : (await api.call("GET /v1/items", { query: { q: typed, limit: SUGGESTIONS }, signal }))
            .data,
    { key: `items ${typed}` },
  );
  return (
    <>
      <Input
        label="SKU"
        name="sku"
        value={value}
        required={required}
        list="skus"
        onInput={(text) => {
          setTyped(text.trim());
          onInput?.(text.trim());
        }}
      />
      <datalist id="skus">
        {found.value?.map((item) => (
          <option key={item.id} value={item.sku}>
            {item.name}
          </option>
        ))}
      </datalist>
    </>
  );
}

/** How many warehouses are offered; others can be typed. */
const WAREHOUSES = 500;

/** A warehouse's code, of those that one may see. */
export function WarehouseInput({
  label,
  name,
  value,
  required = false,
}: {
  readonly label: string;
  readonly name: string;
  readonly value?: string | undefined;
  readonly required?: boolean;
}) {
  const api = useApi();
  const known = usePolled(
    (signal) => api.call("GET /v1/warehouses", { query: { limit: WAREHOUSES }, signal }),
    { key: "warehouses" },
  );
  return (
    <>
      <Input label={label} name={name} value={value} required={required} list={`${name}-codes`} />
      <datalist id={`${name}-codes`}>
        {known.value?.data.map((one) => (
          <option key={one.id} value={one.code}>
            {one.name}
          </option>
        ))}
      </datalist>
    </>
  );
}
