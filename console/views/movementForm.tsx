/** Posts one movement of any type and shows its outcome. Asks for the fields that the type takes; the API decides. */
import { useState } from "preact/hooks";
import type { Answer } from "../../client/operations.ts";
import { MOVEMENT_TYPES } from "../../domain/movement.ts";
import { useApi } from "../state/context.ts";
import { useAction } from "../state/useAction.ts";
import { Form, filled, Input, Select, textOf } from "../ui/fields.tsx";
import { instantOf, words } from "../ui/format.ts";
import { ProblemBox } from "../ui/parts.tsx";
import { type MovementOutcome, OutcomeText } from "./movementOutcome.tsx";
import { type MovementLine, TypeFields } from "./movementTypeFields.tsx";
import { SkuInput, WarehouseInput } from "./stockSearch.tsx";

type Item = Answer<"GET /v1/items/{id}">;

/** How long the answer is waited for. */
const WAIT_SECONDS = 10;

interface FormProps {
  readonly sku?: string | undefined;
  readonly warehouse?: string | undefined;
  /** What the fields begin with where the level is not settled. */
  readonly suggested?: Readonly<Record<string, string>>;
  readonly item?: Item | undefined;
  /** The level's version as it is shown, for counts. */
  readonly version?: number | undefined;
  readonly onApplied?: (version: number | undefined) => void;
}

/** The form and the outcome of what it sent last. */
export function MovementForm({ sku, warehouse, suggested, item, version, onApplied }: FormProps) {
  const api = useApi();
  const [type, setType] = useState<MovementLine["type"]>("receipt");
  const action = useAction(async (body: MovementLine, key) => {
    const headers = { "idempotency-key": key, prefer: `wait=${WAIT_SECONDS}` };
    const [outcome] = (await api.call("POST /v1/movements", { body, headers })).data;
    if (outcome?.status === "applied") onApplied?.(outcome.version);
    return outcome;
  });
  const submit = async (data: FormData, form: HTMLFormElement): Promise<void> => {
    const named = {
      sku: sku ?? textOf(data, "sku"),
      warehouse: warehouse ?? textOf(data, "warehouse"),
    };
    // The quantity goes with what was sent, so that a second press of the button is no second movement.
    if (await action.run(lineOf(data, type, named))) clearQuantity(form);
  };
  return (
    <Form label="Post a movement" onSubmit={(data, form) => void submit(data, form)}>
      <div class="fields">
        <Select
          label="Type"
          name="type"
          value={type}
          options={MOVEMENT_TYPES.map((one) => [one, words(one)])}
          onChange={(chosen) => setType(MOVEMENT_TYPES.find((one) => one === chosen) ?? "receipt")}
        />
        {sku === undefined && <SkuInput value={suggested?.["sku"]} required />}
        {warehouse === undefined && (
          <WarehouseInput
            label="Warehouse"
            name="warehouse"
            value={suggested?.["warehouse"]}
            required
          />
        )}
        <Input
          label="Quantity"
          name="quantity"
          required
          inputMode="decimal"
          hint={QUANTITY_HINTS[type] ?? "More than 0"}
        />
        <TypeFields type={type} item={item} version={version} />
        <Input label="Reason" name="reason" />
      </div>
      <MoreFields />
      <div class="buttons">
        <button type="submit" class="primary" disabled={action.busy}>
          {action.busy ? "Waiting for the outcome …" : `Post ${words(type)}`}
        </button>
        <Outcome outcome={action.result} />
      </div>
      <ProblemBox error={action.error} />
    </Form>
  );
}

const QUANTITY_HINTS: Partial<Record<MovementLine["type"], string>> = {
  adjustment: "Signed: -2 takes two away",
  count: "What was counted; 0 or more",
};

function Outcome({ outcome }: { readonly outcome: MovementOutcome | undefined }) {
  return outcome === undefined ? null : <OutcomeText outcome={outcome} />;
}

function MoreFields() {
  return (
    <details>
      <summary>More fields</summary>
      <div class="fields">
        <Input label="Reference type" name="reference_type" hint="For example sales_order" />
        <Input label="Reference id" name="reference_id" />
        <Input label="Happened at" name="occurred_at" type="datetime-local" hint="Empty: now" />
        <Input
          label="Expected version"
          name="expected_version"
          inputMode="numeric"
          hint="Rejected if the level is at another"
        />
        <Input label="Customer" name="customer" />
      </div>
    </details>
  );
}

function clearQuantity(form: HTMLFormElement): void {
  const quantity = form.elements.namedItem("quantity");
  if (!(quantity instanceof HTMLInputElement)) return;
  quantity.value = "";
  quantity.focus();
}

/** The movement that a form means; what is empty is left out. */
function lineOf(
  data: FormData,
  type: MovementLine["type"],
  named: { readonly sku: string; readonly warehouse: string },
): MovementLine {
  const texts = filled(data, [
    "to_warehouse",
    "unit",
    "lot",
    "expires_on",
    "unit_cost",
    "reservation",
    "reason",
    "customer",
  ]);
  // The currency is that of the cost; alone it says nothing.
  const currency = textOf(data, "unit_cost") === "" ? {} : filled(data, ["currency"]);
  const reference = { type: textOf(data, "reference_type"), id: textOf(data, "reference_id") };
  return {
    type,
    ...named,
    quantity: textOf(data, "quantity"),
    ...texts,
    ...currency,
    ...(data.get("in_transit") === "on" ? { in_transit: true } : {}),
    ...numberOf(data, "expected_version"),
    ...numberOf(data, "counted_version"),
    ...timeOf(data, "expires_at"),
    ...timeOf(data, "occurred_at"),
    ...(reference.type === "" && reference.id === "" ? {} : { reference }),
  };
}

function numberOf(data: FormData, name: string): Record<string, number> {
  const text = textOf(data, name);
  return text === "" ? {} : { [name]: Number(text) };
}

function timeOf(data: FormData, name: string): Record<string, string> {
  const time = instantOf(textOf(data, name));
  return time === undefined ? {} : { [name]: time };
}
