/** The view that an address names. */
import type { ComponentChildren } from "preact";
import { type Place, placeOf } from "../state/place.ts";
import { DeadLetterList, DeadLetterView } from "./deadLetters.tsx";
import { ImportList } from "./importList.tsx";
import { ImportNew } from "./importNew.tsx";
import { ImportView } from "./importView.tsx";
import { JobList, JobRuns } from "./jobs.tsx";
import { Movement, NewMovement } from "./movement.tsx";
import { OrderList } from "./orderList.tsx";
import { OrderView } from "./orderView.tsx";
import { Overview } from "./overview.tsx";
import { Reports } from "./reports.tsx";
import { SetAside } from "./setAside.tsx";
import { SinkList, SinkView } from "./sinks.tsx";
import { StockLevel } from "./stockLevel.tsx";
import { StockSearch } from "./stockSearch.tsx";
import { Users } from "./users.tsx";

/** A list, and what stands behind one of its rows. */
interface Views {
  readonly list: (place: Place) => ComponentChildren;
  readonly one?: (id: string, place: Place) => ComponentChildren;
}

const VIEWS: Readonly<Record<string, Views>> = {
  stock: { list: (place) => <StockSearch place={place} /> },
  movements: {
    list: (place) => <NewMovement place={place} />,
    one: (id, place) => (id === "new" ? <NewMovement place={place} /> : <Movement id={id} />),
  },
  imports: {
    list: (place) => <ImportList place={place} />,
    one: (id) => (id === "new" ? <ImportNew /> : <ImportView id={id} />),
  },
  orders: {
    list: (place) => <OrderList place={place} />,
    one: (id) => <OrderView id={id} />,
  },
  reports: { list: () => <Reports /> },
  jobs: { list: () => <JobList />, one: (name) => <JobRuns name={name} /> },
  sinks: {
    list: () => <SinkList />,
    one: (name, place) => <SinkView name={name} place={place} />,
  },
  "dead-letters": {
    list: (place) => <DeadLetterList place={place} />,
    one: (id) => <DeadLetterView id={id} />,
  },
  "set-aside": { list: () => <SetAside /> },
  users: { list: () => <Users /> },
};

/** Shows it, or says that there is none. */
export function ViewAt({ place }: { readonly place: Place }) {
  const [section, id, third] = place.path;
  if (section === undefined) return <Overview />;
  if (section === "stock" && id !== undefined && third !== undefined) {
    return <StockLevel sku={id} warehouse={third} place={place} />;
  }
  const views = Object.hasOwn(VIEWS, section) ? VIEWS[section] : undefined;
  if (views !== undefined && id === undefined) return <>{views.list(place)}</>;
  if (views?.one !== undefined && id !== undefined && third === undefined) {
    return <>{views.one(id, place)}</>;
  }
  return (
    <>
      <h1 tabIndex={-1}>There is no such page</h1>
      <p>
        <a href={placeOf([])}>To the overview</a>
      </p>
    </>
  );
}
