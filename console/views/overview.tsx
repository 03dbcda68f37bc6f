/** How the platform stands: each part asks for itself, so that one that fails hides no other. */
import type { Answer } from "../../client/operations.ts";
import { Refusal } from "../http/refusal.ts";
import { useApi, useMay, useSeesAll } from "../state/context.ts";
import { placeOf } from "../state/place.ts";
import { usePolled } from "../state/usePolled.ts";
import { counted, grouped, words } from "../ui/format.ts";
import { PolledPanel } from "../ui/panel.tsx";
import { Age, Badge, Empty, Fact, Facts, Status } from "../ui/parts.tsx";
import { BacklogPanel, SinksPanel, SourcesPanel } from "./overviewOperations.tsx";
import { ImportsPanel, JobsPanel } from "./overviewWork.tsx";

/** How often the overview asks. */
const OVERVIEW_MS = 5_000;

/** The view. */
export function Overview() {
  const may = useMay();
  const seesAll = useSeesAll();
  return (
    <>
      <h1 tabIndex={-1}>Overview</h1>
      <div class="grid">
        <div>
          <ReadinessPanel />
          {may("lanes:manage") && seesAll && <BacklogPanel />}
          {seesAll && <LedgerPanel />}
        </div>
        <div>
          <ImportsPanel />
          {may("sinks:manage") && seesAll && <SinksPanel />}
          {may("sources:manage") && seesAll && <SourcesPanel />}
          <LowStockPanel />
        </div>
        <div>
          <JobsPanel />
        </div>
      </div>
      {!seesAll && (
        <p class="quiet">
          Backlog, sinks and the ledger's verification are for those who see every warehouse.
        </p>
      )}
    </>
  );
}

interface Readiness {
  readonly status: string;
  readonly checks: Readonly<Record<string, string>>;
}

function ReadinessPanel() {
  const api = useApi();
  const polled = usePolled<Readiness>(
    async (signal) => {
      try {
        return await (await api.open("/readyz", { signal })).json();
      } catch (thrown) {
        // 503 names the part that failed; it is the answer, not a failure of asking.
        if (!(thrown instanceof Refusal) || thrown.status !== 503) throw thrown;
        return readinessOf(thrown.problem.members);
      }
    },
    { key: "readiness", everyMs: OVERVIEW_MS },
  );
  return (
    <PolledPanel title="Readiness" polled={polled} lines={4}>
      {({ status, checks }) => (
        <Facts>
          <Fact name="API">
            <Status of={status} />
          </Fact>
          {Object.entries(checks).map(([part, outcome]) => (
            <Fact key={part} name={words(part)}>
              <Status of={outcome} />
            </Fact>
          ))}
        </Facts>
      )}
    </PolledPanel>
  );
}

function readinessOf(members: Readonly<Record<string, unknown>>): Readiness {
  const { status, checks } = members;
  const outcomes = Object.entries(Object(checks)).map(([part, outcome]) => [part, String(outcome)]);
  return {
    status: typeof status === "string" ? status : "not ready",
    checks: Object.fromEntries(outcomes),
  };
}

function LedgerPanel() {
  const api = useApi();
  const polled = usePolled(
    async (signal) => {
      try {
        return await api.call("GET /v1/ledger/verify", { signal });
      } catch (thrown) {
        if (thrown instanceof Refusal && thrown.status === 404) return null;
        throw thrown;
      }
    },
    { key: "ledger", everyMs: OVERVIEW_MS * 6 },
  );
  return (
    <PolledPanel title="Ledger" polled={polled}>
      {(latest) =>
        latest === null ? (
          <Empty>No verification has been completed yet.</Empty>
        ) : (
          <Verification latest={latest} />
        )
      }
    </PolledPanel>
  );
}

function Verification({ latest }: { readonly latest: Answer<"GET /v1/ledger/verify"> }) {
  const { difference_count: count, checked, run, mode } = latest;
  return (
    <>
      <Facts>
        <Fact name="Latest verification">
          <Badge tone={count === 0 ? "good" : "bad"}>
            {count === 0 ? "no differences" : counted(count, "difference")}
          </Badge>
        </Fact>
        <Fact name="Finished">
          <Age at={run.finished_at} />
        </Fact>
        <Fact name="Checked">
          {`${grouped(checked.entries)} entries, ${counted(checked.levels, "level")} (${mode})`}
        </Fact>
      </Facts>
      {latest.differences.slice(0, 5).map((one) => (
        <p key={`${one.check} ${one.sku} ${one.warehouse} ${one.movement_id}`} class="bad-text">
          {`${one.check} ${one.sku ?? ""} ${one.warehouse ?? ""}: expected ${one.expected}, found ${one.found}`}
        </p>
      ))}
      <p>
        <a href={placeOf(["jobs", "verify-ledger"])}>Verifications</a>
      </p>
    </>
  );
}

const LOW_SHOWN = 5;

function LowStockPanel() {
  const api = useApi();
  const polled = usePolled(
    (signal) => api.call("GET /v1/stock", { query: { low: "true", limit: LOW_SHOWN + 1 }, signal }),
    { key: "low", everyMs: OVERVIEW_MS * 3 },
  );
  return (
    <PolledPanel title="Low stock" polled={polled}>
      {({ data }) =>
        data.length === 0 ? (
          <Empty>Nothing is at or below its reorder level.</Empty>
        ) : (
          <>
            <ul class="lines">
              {data.slice(0, LOW_SHOWN).map((row) => (
                <li key={`${row.sku} ${row.warehouse}`}>
                  <a href={placeOf(["stock", row.sku, row.warehouse])}>
                    {row.sku} <span class="quiet">{row.warehouse}</span>
                  </a>
                  <span>{`${grouped(row.position ?? row.available)} of ${grouped(row.reorder_at ?? "0")}`}</span>
                </li>
              ))}
            </ul>
            <p>
              <a href={placeOf(["stock"], { low: "true" })}>
                {data.length > LOW_SHOWN ? "All that is low" : "With their figures"}
              </a>
            </p>
          </>
        )
      }
    </PolledPanel>
  );
}
