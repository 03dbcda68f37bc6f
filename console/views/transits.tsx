/** What is on its way to a level: transfers that were shipped and have not arrived whole, and taking them in. */
import type { Row } from "../../client/operations.ts";
import { useApi, useMay } from "../state/context.ts";
import { placeOf } from "../state/place.ts";
import { usePages } from "../state/usePages.ts";
import { Ask } from "../ui/ask.tsx";
import { filled, Input } from "../ui/fields.tsx";
import { grouped } from "../ui/format.ts";
import { Age } from "../ui/parts.tsx";
import { type Column, PagedTable } from "../ui/table.tsx";

type Transit = Row<"GET /v1/transits">;

interface TransitsProps {
  readonly sku: string;
  readonly warehouse: string;
  readonly onArrived: () => void;
}

/** The list; shown where something is on its way. */
export function Transits({ sku, warehouse, onArrived }: TransitsProps) {
  const api = useApi();
  const may = useMay();
  const pages = usePages(
    (cursor, signal) =>
      api.call("GET /v1/transits", {
        query: { sku, to_warehouse: warehouse, status: "open", cursor },
        signal,
      }),
    JSON.stringify([sku, warehouse]),
  );
  const arrived = (): void => {
    pages.reload();
    onArrived();
  };
  const columns: readonly Column<Transit>[] = [
    {
      title: "Shipped",
      of: (row) => (
        <a href={placeOf(["movements", row.id])}>
          <Age at={row.shipped_at} />
        </a>
      ),
    },
    { title: "From", of: (row) => row.from_warehouse ?? "–" },
    { title: "Lot", of: (row) => row.lot },
    { title: "Shipped quantity", right: true, of: (row) => grouped(row.quantity) },
    { title: "Open", right: true, of: (row) => <strong>{grouped(row.open)}</strong> },
    { title: "Arrived", right: true, of: (row) => grouped(row.arrived) },
    { title: "Lost", right: true, of: (row) => grouped(row.lost) },
    {
      title: "",
      of: (row) => may("movements:write") && <TakeIn transit={row} onDone={arrived} />,
    },
  ];
  return (
    <PagedTable
      title="On its way here"
      columns={columns}
      pages={pages}
      keyOf={(row) => `${row.id} ${row.line}`}
      empty="Nothing is on its way."
    />
  );
}

/** Posts what arrived and what was lost, and waits for the outcome. */
function TakeIn({ transit, onDone }: { readonly transit: Transit; readonly onDone: () => void }) {
  const api = useApi();
  const lot = transit.lot === null ? {} : { lot: transit.lot };
  return (
    <Ask
      label="Take in"
      title={`Take in ${transit.sku} from ${transit.from_warehouse ?? "elsewhere"}`}
      confirm="Take it in"
      onDone={onDone}
      perform={async (data, key) => {
        const { lost, why = "" } = filled(data, ["lost", "why"]);
        const losses = lost === undefined ? {} : { losses: [{ quantity: lost, reason: why }] };
        const { data: outcomes } = await api.call("POST /v1/movements/{id}/arrive", {
          path: { id: transit.id },
          body: { ...filled(data, ["quantity"]), ...losses, ...lot },
          headers: { "idempotency-key": key, prefer: "wait=10" },
        });
        const rejected = outcomes.find(({ status }) => status === "rejected");
        if (rejected !== undefined) throw new Error(`${rejected.code}: ${rejected.detail}`);
      }}
    >
      <p>{`${grouped(transit.open)} are on their way; what is not named stays so.`}</p>
      <Input label="Arrived" name="quantity" inputMode="decimal" value={transit.open} />
      <Input label="Will not arrive" name="lost" inputMode="decimal" />
      <Input label="Why not" name="why" hint="Needed for a loss" />
    </Ask>
  );
}
