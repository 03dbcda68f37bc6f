/** One movement by its id, and a page to post one to any level. */
import type { Answer } from "../../client/operations.ts";
import { useApi, useMay } from "../state/context.ts";
import { type Place, placeOf } from "../state/place.ts";
import { goTo } from "../state/route.ts";
import { usePolled } from "../state/usePolled.ts";
import { Form, Input, textOf } from "../ui/fields.tsx";
import { grouped, words } from "../ui/format.ts";
import { Panel, PolledPanel } from "../ui/panel.tsx";
import { Fact, Facts, Moment, Status } from "../ui/parts.tsx";
import { MovementForm } from "./movementForm.tsx";
import { REVERSIBLE, ReverseMovement } from "./reverseMovement.tsx";

type Page = Answer<"GET /v1/movements/{id}">;

const OPEN_MS = 1_500;

/** Where a movement stands. */
export function Movement({ id }: { readonly id: string }) {
  const api = useApi();
  const may = useMay();
  const polled = usePolled(
    (signal) => api.call("GET /v1/movements/{id}", { path: { id }, signal }),
    { key: id, everyMs: (value) => (value?.status === "accepted" ? OPEN_MS : undefined) },
  );
  return (
    <>
      <p class="trail">
        <a href={placeOf(["stock"])}>Stock</a>
      </p>
      <h1 tabIndex={-1}>Movement</h1>
      <PolledPanel
        title={id}
        polled={polled}
        actions={
          may("movements:write") &&
          polled.value?.status === "applied" &&
          polled.value.reversed_by === undefined &&
          REVERSIBLE.has(polled.value.type ?? "") && (
            <ReverseMovement id={id} type={polled.value.type ?? ""} onDone={polled.reload} />
          )
        }
      >
        {(movement) => <MovementFacts movement={movement} />}
      </PolledPanel>
    </>
  );
}

function MovementFacts({ movement }: { readonly movement: Page }) {
  return (
    <Facts>
      <Fact name="Status">
        <Status of={movement.status} />
      </Fact>
      <WhatItIs movement={movement} />
      {movement.balance_after !== undefined && (
        <Fact name="On hand after">{`${grouped(movement.balance_after)} (version ${movement.version ?? "?"})`}</Fact>
      )}
      {movement.code !== undefined && (
        <Fact name="Why not">{`${movement.code}: ${movement.detail ?? ""}`}</Fact>
      )}
      {movement.set_aside !== undefined && <Fact name="Set aside">{movement.set_aside.error}</Fact>}
      {movement.reversed_by !== undefined && (
        <Fact name="Reversed by">
          <a href={placeOf(["movements", movement.reversed_by])}>a movement</a>
        </Fact>
      )}
      <Fact name="Decided">
        <Moment at={movement.applied_at ?? movement.rejected_at} />
      </Fact>
    </Facts>
  );
}

function WhatItIs({ movement }: { readonly movement: Page }) {
  return (
    <>
      {movement.type !== undefined && <Fact name="Type">{words(movement.type)}</Fact>}
      {movement.sku !== undefined && (
        <Fact name="Level">
          <a href={placeOf(["stock", movement.sku, movement.warehouse ?? ""])}>
            {`${movement.sku} at ${movement.warehouse ?? ""}`}
          </a>
        </Fact>
      )}
      {movement.to_warehouse !== undefined && <Fact name="Other end">{movement.to_warehouse}</Fact>}
      {movement.quantity !== undefined && <Fact name="Quantity">{grouped(movement.quantity)}</Fact>}
      {movement.lots?.map((lot) => (
        <Fact key={lot.lot} name={`Lot ${lot.lot}`}>
          {grouped(lot.quantity)}
        </Fact>
      ))}
    </>
  );
}

/** Posts a movement to any level, or finds one by its id. */
export function NewMovement({ place }: { readonly place: Place }) {
  return (
    <>
      <p class="trail">
        <a href={placeOf(["stock"])}>Stock</a>
      </p>
      <h1 tabIndex={-1}>Post a movement</h1>
      <Panel title="Movement" wide>
        <MovementForm suggested={place.query} />
      </Panel>
      <Panel title="Find a movement" wide>
        <Form
          label="Find a movement"
          row
          onSubmit={(data) => goTo(["movements", textOf(data, "id")])}
        >
          <Input label="Id" name="id" required />
          <div class="buttons">
            <button type="submit">Find</button>
          </div>
        </Form>
      </Panel>
    </>
  );
}
