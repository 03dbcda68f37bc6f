/** The sections of the console that the signed-in person can use at all. */
import { useMemo } from "preact/hooks";
import { type Permission, useSessionState } from "../state/context.ts";

export interface Section {
  /** First part of its addresses. */
  readonly path: string;
  readonly title: string;
}

interface SectionRule extends Section {
  /** What the API asks for to show anything of it. */
  readonly needs: Permission;
  /** Not kept by warehouse, so not for who is limited to some. */
  readonly whole?: true;
}

const SECTIONS: readonly SectionRule[] = [
  { path: "", title: "Overview", needs: "read" },
  { path: "stock", title: "Stock", needs: "read" },
  { path: "imports", title: "Imports", needs: "read" },
  { path: "orders", title: "Orders", needs: "read" },
  { path: "reports", title: "Reports", needs: "reports:run" },
  { path: "jobs", title: "Jobs", needs: "read" },
  { path: "sinks", title: "Sinks", needs: "sinks:manage", whole: true },
  { path: "dead-letters", title: "Dead letters", needs: "sources:manage", whole: true },
  { path: "set-aside", title: "Set aside", needs: "lanes:manage", whole: true },
  { path: "users", title: "Users", needs: "users:manage", whole: true },
];

/** Those of them that the API would answer. */
export function useSections(): readonly Section[] {
  const { me } = useSessionState();
  return useMemo(
    () =>
      SECTIONS.filter(
        ({ needs, whole }) =>
          me?.permissions.includes(needs) === true && (whole !== true || me.warehouses === null),
      ),
    [me],
  );
}
