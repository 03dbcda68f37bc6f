/** Takes in goods of a sent order, line by line; what is left empty was not in the delivery. */
import type { Answer } from "../../client/operations.ts";
import { useApi } from "../state/context.ts";
import { useAction } from "../state/useAction.ts";
import { Form, Input, textOf } from "../ui/fields.tsx";
import { grouped } from "../ui/format.ts";
import { ProblemBox } from "../ui/parts.tsx";

type Order = Answer<"GET /v1/purchase-orders/{id}">;

interface ReceiveProps {
  readonly order: Order;
  readonly headers: Readonly<Record<string, string>>;
  readonly onDone: () => void;
}

interface Receipt {
  readonly lines: readonly {
    readonly line: number;
    readonly quantity: string;
    readonly lot?: string;
  }[];
  readonly reference?: string;
}

/** The form. */
export function OrderReceive({ order, headers, onDone }: ReceiveProps) {
  const api = useApi();
  const action = useAction(async (body: Receipt, key) => {
    await api.call("POST /v1/purchase-orders/{id}/receive", {
      path: { id: order.id },
      body,
      headers: { ...headers, "idempotency-key": key },
    });
    onDone();
  });
  const open = order.lines.filter((line) => line.open_quantity !== "0");
  return (
    <Form label="Receive goods" onSubmit={(data) => void action.run(receiptOf(data, order))}>
      {open.map((line) => (
        <fieldset key={line.id} class="fields">
          <legend>{`${line.sku} ${line.name}: ${grouped(line.open_quantity)} open`}</legend>
          <Input
            label="Quantity"
            name={`quantity-${line.line}`}
            inputMode="decimal"
            value={line.open_quantity}
          />
          <Input label="Lot or serial number" name={`lot-${line.line}`} hint="For tracked items" />
        </fieldset>
      ))}
      <Input label="Delivery note" name="reference" />
      <div class="buttons">
        <button type="submit" class="primary" disabled={action.busy}>
          {action.busy ? "Receiving …" : "Receive"}
        </button>
      </div>
      <ProblemBox error={action.error} />
    </Form>
  );
}

function receiptOf(data: FormData, order: Order): Receipt {
  const lines = order.lines.flatMap(({ line }) => {
    const quantity = textOf(data, `quantity-${line}`);
    const lot = textOf(data, `lot-${line}`);
    if (quantity === "" || quantity === "0") return [];
    return [{ line, quantity, ...(lot === "" ? {} : { lot }) }];
  });
  const reference = textOf(data, "reference");
  return { lines, ...(reference === "" ? {} : { reference }) };
}
