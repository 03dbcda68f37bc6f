/** The fields of a movement that only some types take. */
import type { ComponentChildren } from "preact";
import type { Answer, Taken } from "../../client/operations.ts";
import { Checkbox, Input, Select } from "../ui/fields.tsx";
import { WarehouseInput } from "./stockSearch.tsx";

/** One movement as a request has it. */
export type MovementLine = Extract<Taken<"POST /v1/movements">["body"], { readonly sku: string }>;

interface TypeFieldsProps {
  readonly type: MovementLine["type"];
  /** The item, where it is settled. */
  readonly item: Answer<"GET /v1/items/{id}"> | undefined;
  /** The level's version as it is shown, for counts. */
  readonly version: number | undefined;
}

/** Unit, then what the type asks for, then the lot. */
export function TypeFields({ type, item, version }: TypeFieldsProps) {
  return (
    <>
      <UnitField item={item} />
      {fieldsOf(type, { item, version })}
      {item?.tracking !== "none" && <LotFields comesIn={type === "receipt" || type === "return"} />}
    </>
  );
}

function UnitField({ item }: Pick<TypeFieldsProps, "item">) {
  if (item === undefined) return <Input label="Unit" name="unit" hint="Empty: the item's own" />;
  const units = Object.entries(item.units);
  if (units.length === 0) return null;
  return (
    <Select
      label="Unit"
      name="unit"
      options={[
        ["", item.unit],
        ...units.map(([name, holds]) => [name, `${name} (${holds})`] as const),
      ]}
    />
  );
}

function fieldsOf(
  type: MovementLine["type"],
  { item, version }: Pick<TypeFieldsProps, "item" | "version">,
): ComponentChildren {
  switch (type) {
    case "transfer":
      return (
        <>
          <WarehouseInput label="To warehouse" name="to_warehouse" required />
          <Checkbox label="Ship now, arrives later" name="in_transit" />
        </>
      );
    case "receipt":
      return (
        <>
          <Input label="Unit cost" name="unit_cost" inputMode="decimal" />
          <Input label="Currency" name="currency" value={item?.currency ?? ""} />
        </>
      );
    case "issue":
      return <Input label="Reservation" name="reservation" hint="Its id, if there is one" />;
    case "release":
      return <Input label="Reservation" name="reservation" required hint="Its id" />;
    case "reserve":
      return (
        <Input label="Lapses at" name="expires_at" type="datetime-local" hint="Empty: never" />
      );
    case "count":
      return (
        <Input
          label="Version that was counted"
          name="counted_version"
          inputMode="numeric"
          value={version === undefined ? "" : String(version)}
          hint="What has moved since stays"
        />
      );
    default:
      return null;
  }
}

function LotFields({ comesIn }: { readonly comesIn: boolean }) {
  return (
    <>
      <Input label="Lot or serial number" name="lot" hint="For tracked items" />
      {comesIn && <Input label="Lot's last day" name="expires_on" type="date" />}
    </>
  );
}
