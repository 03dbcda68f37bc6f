/** Purchase orders by state. */
import type { Row } from "../../client/operations.ts";
import { ORDER_STATUSES } from "../../domain/orderStatuses.ts";
import { useApi } from "../state/context.ts";
import { type Place, placeOf } from "../state/place.ts";
import { usePages } from "../state/usePages.ts";
import { Input, Select, SelectAny, textOf } from "../ui/fields.tsx";
import { FilterForm } from "../ui/filterForm.tsx";
import { grouped } from "../ui/format.ts";
import { Age, Badge, Status } from "../ui/parts.tsx";
import { type Column, PagedTable } from "../ui/table.tsx";
import { WarehouseInput } from "./stockSearch.tsx";

type Order = Row<"GET /v1/purchase-orders">;

const COLUMNS: readonly Column<Order>[] = [
  { title: "Number", of: (row) => <a href={placeOf(["orders", row.id])}>{row.number}</a> },
  {
    title: "Status",
    of: (row) => (
      <>
        <Status of={row.status} />{" "}
        {row.late && <Badge tone="bad">{`late by ${row.days_late} d`}</Badge>}
      </>
    ),
  },
  { title: "Supplier", of: (row) => row.supplier },
  { title: "Warehouse", of: (row) => row.warehouse },
  { title: "Lines", right: true, of: (row) => grouped(row.line_count) },
  { title: "Total", right: true, of: totalOf },
  { title: "Expected", of: (row) => row.expected_on ?? "–" },
  { title: "Created", of: (row) => <Age at={row.created_at} /> },
];

/** The view. */
export function OrderList({ place }: { readonly place: Place }) {
  const api = useApi();
  const status = ORDER_STATUSES.find((one) => one === place.query["status"]);
  const { supplier, warehouse } = place.query;
  const late = place.query["late"] === "true" ? "true" : undefined;
  const key = JSON.stringify(place.query);
  const pages = usePages(
    (cursor, signal) =>
      api.call("GET /v1/purchase-orders", {
        query: { status, supplier, warehouse, late, cursor },
        signal,
      }),
    key,
  );
  return (
    <>
      <h1 tabIndex={-1}>Purchase orders</h1>
      <FilterForm
        label="Filter orders"
        path={["orders"]}
        query={place.query}
        read={(data) => ({
          status: textOf(data, "status"),
          supplier: textOf(data, "supplier"),
          warehouse: textOf(data, "warehouse"),
          late: textOf(data, "late"),
        })}
        onSame={pages.reload}
      >
        <SelectAny label="Status" name="status" value={status} of={ORDER_STATUSES} />
        <Input label="Supplier" name="supplier" value={supplier} />
        <WarehouseInput label="Warehouse" name="warehouse" value={warehouse} />
        <Select
          label="Show"
          name="late"
          value={late}
          options={[
            ["", "All"],
            ["true", "Late ones only"],
          ]}
        />
        <div class="buttons">
          <button type="submit">Filter</button>
        </div>
      </FilterForm>
      <PagedTable
        title="Orders, newest first"
        columns={COLUMNS}
        pages={pages}
        keyOf={(row) => row.id}
        empty="No order matches."
      />
    </>
  );
}

/** The order's worth; unknown while a line has no cost. */
export function totalOf(order: Pick<Order, "total_cost" | "currency">): string {
  if (order.total_cost === null) return "–";
  return `${grouped(order.total_cost)} ${order.currency ?? ""}`;
}
