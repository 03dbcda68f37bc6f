/** Reports: ask for one, see how it stands, download it. */
import { useState } from "preact/hooks";
import type { Row } from "../../client/operations.ts";
import { REPORT_FORMATS, REPORT_NAMES } from "../../domain/reportWords.ts";
import { saveFromStorage } from "../http/saveFile.ts";
import { useApi, useSeesAll } from "../state/context.ts";
import { useAction } from "../state/useAction.ts";
import { usePages } from "../state/usePages.ts";
import { usePolled } from "../state/usePolled.ts";
import { Checkbox, Form, filled, Input, Select } from "../ui/fields.tsx";
import { byteSize, grouped, instantOf, words } from "../ui/format.ts";
import { Panel } from "../ui/panel.tsx";
import { Age, ProblemBox, Status } from "../ui/parts.tsx";
import { type Column, PagedTable } from "../ui/table.tsx";
import { asReport, REPORT_PARAMETERS, type ReportBody, type ReportName } from "./reportKinds.ts";
import { WarehouseInput } from "./stockSearch.tsx";

type Report = Row<"GET /v1/reports">;
const RUNNING_MS = 1_000;

/** The view. */
export function Reports() {
  const api = useApi();
  const pages = usePages(
    (cursor, signal) => api.call("GET /v1/reports", { query: { cursor }, signal }),
    "reports",
  );
  const columns: readonly Column<Report>[] = [
    { title: "Report", of: (row) => words(row.report) },
    { title: "Format", of: (row) => row.format },
    { title: "Parameters", of: (row) => parameterWords(row.parameters) },
    { title: "Status", of: (row) => <ReportState report={row} /> },
    { title: "Rows", right: true, of: (row) => (row.rows === null ? "–" : grouped(row.rows)) },
    { title: "Size", right: true, of: (row) => (row.bytes === null ? "–" : byteSize(row.bytes)) },
    { title: "True as of", of: (row) => (row.as_of === null ? "–" : <Age at={row.as_of} />) },
    { title: "", of: (row) => row.status !== "failed" && <Download report={row} /> },
  ];
  return (
    <>
      <h1 tabIndex={-1}>Reports</h1>
      <Panel title="Ask for a report" wide>
        <ReportForm onAsked={pages.reload} />
      </Panel>
      <PagedTable
        title="Reports, newest first"
        columns={columns}
        pages={pages}
        keyOf={(row) => row.id}
        empty="No report was asked for yet."
      />
    </>
  );
}

function ReportForm({ onAsked }: { readonly onAsked: () => void }) {
  const api = useApi();
  const isLimited = !useSeesAll();
  const [report, setReport] = useState<ReportName>("current_inventory");
  const action = useAction(async (body: ReportBody, key) => {
    const headers = { "idempotency-key": key };
    const asked = await api.call("POST /v1/reports", { body, headers });
    onAsked();
    return asked;
  });
  const takes = REPORT_PARAMETERS[report];
  return (
    <Form label="Ask for a report" onSubmit={(data) => void action.run(bodyOf(data, report))}>
      <div class="fields">
        <Select
          label="Report"
          name="report"
          value={report}
          options={REPORT_NAMES.map((one) => [one, words(one)])}
          onChange={(chosen) => setReport(asReport(chosen) ?? report)}
        />
        <Select label="Format" name="format" options={REPORT_FORMATS.map((one) => [one, one])} />
        <WarehouseInput label="Warehouse" name="warehouse" />
        <Input label="SKU begins with" name="sku_prefix" />
        {takes.includes("as_of") && (
          <Input label="As of" name="as_of" type="datetime-local" hint="Empty: now" />
        )}
        {takes.includes("period") && (
          <>
            <Input
              label="From"
              name="from"
              type="datetime-local"
              hint="Empty: a year before its end"
            />
            <Input label="To" name="to" type="datetime-local" hint="Empty: now" />
          </>
        )}
      </div>
      {takes.includes("fresh") && (
        <Checkbox
          label="From the tables as they are now, not from a view of minutes ago"
          name="fresh"
        />
      )}
      {isLimited && (
        <p class="quiet small">It has only rows of the warehouses that you are limited to.</p>
      )}
      <div class="buttons">
        <button type="submit" class="primary" disabled={action.busy}>
          {action.busy ? "Asking …" : "Write the report"}
        </button>
      </div>
      <ProblemBox error={action.error} />
    </Form>
  );
}

function bodyOf(data: FormData, report: ReportName): ReportBody {
  const texts = filled(data, ["warehouse", "sku_prefix"]);
  const times = Object.fromEntries(
    Object.entries(filled(data, ["from", "to", "as_of"])).map(([name, local]) => [
      name,
      instantOf(local),
    ]),
  );
  const fresh = data.get("fresh") === "on" ? { fresh: true } : {};
  const format = REPORT_FORMATS.find((one) => one === data.get("format")) ?? "csv";
  return { report, format, parameters: { ...texts, ...times, ...fresh } };
}

/** The state of a report, asked for until it is over. */
function ReportState({ report }: { readonly report: Report }) {
  const latest = useLatest(report);
  return (
    <>
      <Status of={latest.status} />
      {latest.error !== null && <div class="bad-text small">{latest.error.detail}</div>}
    </>
  );
}

function useLatest(report: Report): Report {
  const api = useApi();
  const isOver = ({ status }: Report): boolean => status === "completed" || status === "failed";
  const polled = usePolled(
    async (signal) =>
      isOver(report)
        ? report
        : api.call("GET /v1/reports/{id}", { path: { id: report.id }, signal }),
    {
      key: report.id,
      everyMs: (value) => (value === undefined || !isOver(value) ? RUNNING_MS : undefined),
    },
  );
  return polled.value ?? report;
}

/** Asks for a fresh signed address at each click: they are good for minutes only. */
function Download({ report }: { readonly report: Report }) {
  const api = useApi();
  const action = useAction(async (id: string) => {
    const { download_url: address, status } = await api.call("GET /v1/reports/{id}", {
      path: { id },
    });
    if (address === null) throw new Error(`It is ${status}; there is nothing to download yet.`);
    saveFromStorage(address);
  });
  return (
    <>
      <button type="button" disabled={action.busy} onClick={() => void action.run(report.id)}>
        Download
      </button>
      <ProblemBox error={action.error} />
    </>
  );
}

function parameterWords(parameters: Report["parameters"]): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${words(name)} ${String(value)}`)
    .join(", ");
}
