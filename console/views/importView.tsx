/** One import: its progress as it goes, counts that must balance, what went wrong, and what can be done with it. */
import { pathOf } from "../http/api.ts";
import { saveFromApi } from "../http/saveFile.ts";
import { useApi, useMay } from "../state/context.ts";
import { placeOf } from "../state/place.ts";
import { useAction } from "../state/useAction.ts";
import { type ImportDetail, type ImportProgress, isOpen, useImport } from "../state/useImport.ts";
import { Ask } from "../ui/ask.tsx";
import { Select, textOf } from "../ui/fields.tsx";
import { byteSize, counted, grouped, span, words } from "../ui/format.ts";
import { Panel, PolledPanel } from "../ui/panel.tsx";
import { Age, Badge, Fact, Facts, ProblemBox, Status } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";
import { permissionOf } from "./importKinds.ts";
import { ChangedSince, Preview, Questions } from "./importPreview.tsx";

/** The view. */
export function ImportView({ id }: { readonly id: string }) {
  const { detail, progress, isLive } = useImport(id);
  return (
    <>
      <p class="trail">
        <a href={placeOf(["imports"])}>Imports</a>
      </p>
      <h1 tabIndex={-1}>{detail.value?.file_name ?? "Import"}</h1>
      <PolledPanel
        title="Progress"
        polled={detail}
        lines={6}
        actions={isLive && <Badge tone="busy">live</Badge>}
      >
        {(value) => (
          <>
            <Headline detail={value} progress={progress ?? value} />
            <Counts progress={progress ?? value} />
            <ProblemOf detail={value} />
            <Steering
              detail={value}
              status={progress?.status ?? value.status}
              onDone={detail.reload}
            />
          </>
        )}
      </PolledPanel>
      {detail.value !== undefined && (
        <>
          <Questions detail={detail.value} />
          <Preview detail={detail.value} />
          <ChangedSince detail={detail.value} />
          <Errors detail={detail.value} />
        </>
      )}
    </>
  );
}

function Headline({
  detail,
  progress,
}: {
  readonly detail: ImportDetail;
  readonly progress: ImportProgress;
}) {
  const { phase, done, total, unit, percent } = progress.progress;
  return (
    <>
      <Facts>
        <Fact name="Status">
          <Status of={progress.status} />{" "}
          {detail.mode === "dry_run" && <Badge tone="plain">dry run</Badge>}
        </Fact>
        <Fact name="Kind">{words(detail.kind)}</Fact>
        <Fact name="A wrong row">
          {detail.on_error === "skip" ? "is left out" : "stops the file"}
        </Fact>
        <Fact name="Size">{byteSize(detail.bytes_total)}</Fact>
        <Fact name="Sent">
          <Age at={detail.created_at} />
          <span class="quiet">{` by ${detail.created_by}`}</span>
        </Fact>
        {detail.finished_at !== null && (
          <Fact name="Ended">
            <Age at={detail.finished_at} />
          </Fact>
        )}
      </Facts>
      {isOpen(progress) && (
        <div class="progress">
          <progress
            max={100}
            {...(percent === null ? {} : { value: percent })}
            aria-label="Progress"
          />
          <p class="quiet small" role="status">
            {`${words(phase)}: ${unit === "bytes" ? byteSize(done) : grouped(done)} of ${unit === "bytes" ? byteSize(total) : counted(total, "row")}${leftOf(progress)}`}
          </p>
        </div>
      )}
    </>
  );
}

function leftOf({ progress }: ImportProgress): string {
  const pace = progress.rows_per_second;
  const speed = pace === null ? "" : `, ${grouped(Math.round(pace))} rows a second`;
  const left = progress.seconds_left;
  return left === null ? speed : `${speed}, ${span(left * 1_000)} left`;
}

function Counts({ progress }: { readonly progress: ImportProgress }) {
  const { rows_applied: applied, rows_rejected: rejected, rows_skipped: skipped } = progress;
  const sum = applied + rejected + skipped;
  const figures: readonly (readonly [string, number])[] = [
    ["Rows", progress.rows_total],
    ["Read", progress.rows_read],
    ["Valid", progress.rows_valid],
    ["Invalid", progress.rows_invalid],
    ["Applied", applied],
    ["Rejected", rejected],
    ["Skipped", skipped],
  ];
  return (
    <>
      <dl class="figures">
        {figures.map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{grouped(count)}</dd>
          </div>
        ))}
      </dl>
      {!isOpen(progress) && (
        <p class={sum === progress.rows_total ? "quiet small" : "bad-text"}>
          {`${grouped(applied)} applied + ${grouped(rejected)} rejected + ${grouped(skipped)} skipped = ${grouped(sum)} of ${counted(progress.rows_total, "row")}`}
          {sum === progress.rows_total
            ? ": every row is accounted for."
            : ": the counts do not balance."}
        </p>
      )}
    </>
  );
}

function ProblemOf({ detail: { error } }: { readonly detail: ImportDetail }) {
  if (error === null) return null;
  return (
    <div class="problem" role="alert">
      <p>
        <strong>{error.code}.</strong> {error.detail}
      </p>
    </div>
  );
}

interface SteeringProps {
  readonly detail: ImportDetail;
  readonly status: string;
  readonly onDone: () => void;
}

function Steering({ detail, status, onDone }: SteeringProps) {
  const api = useApi();
  const may = useMay();
  if (!may(permissionOf(detail.kind))) return null;
  const path = { id: detail.id };
  const isDry = detail.mode === "dry_run";
  const canCommit = isDry && (status === "completed" || status === "completed_with_errors");
  return (
    <div class="buttons">
      {canCommit && (
        <Ask
          label="Commit this dry run"
          title="Make this dry run the real thing?"
          confirm="Commit"
          onDone={onDone}
          perform={(data, key) =>
            api.call("POST /v1/imports/{id}/commit", {
              path,
              body: { if_changed: textOf(data, "if_changed") === "stop" ? "stop" : "apply" },
              headers: { "idempotency-key": key },
            })
          }
        >
          <p>Rows are checked against the catalogue anew and applied.</p>
          <Select
            label="Where a row fares otherwise than foreseen"
            name="if_changed"
            options={[
              ["apply", "go on, and tell"],
              ["stop", "stop, and apply nothing"],
            ]}
          />
        </Ask>
      )}
      {isOpen({ status }) && (
        <Ask
          label="Cancel"
          tone="danger"
          title="Stop this import?"
          confirm="Stop it"
          onDone={onDone}
          perform={(_, key) =>
            api.call("POST /v1/imports/{id}/cancel", { path, headers: { "idempotency-key": key } })
          }
        >
          <p>What was applied stays; the other rows are skipped.</p>
        </Ask>
      )}
    </div>
  );
}

function Errors({ detail }: { readonly detail: ImportDetail }) {
  const api = useApi();
  const save = useAction(async (query: Readonly<Record<string, string>>) => {
    const address = pathOf("GET /v1/imports/{id}/errors", { path: { id: detail.id }, query });
    await saveFromApi(api, address, `import-${detail.id}-errors.csv`);
  });
  const { errors_sample: sample, errors_by_code: codes } = detail;
  if (sample.length === 0 && detail.rows_rejected === 0) return null;
  return (
    <Panel
      title="What went wrong"
      wide
      actions={
        <button type="button" disabled={save.busy} onClick={() => void save.run({ format: "csv" })}>
          Download the rejected rows
        </button>
      }
    >
      <ProblemBox error={save.error} />
      {codes !== null && (
        <p>{codes.map(({ code, rows }) => `${code}: ${counted(rows, "row")}`).join(" · ")}</p>
      )}
      <p class="quiet small">
        The file holds the original columns with the reason of each row; mend it and send it again.
      </p>
      <Table
        caption="Rows that went wrong"
        rows={sample}
        keyOf={(row) => `${row.row} ${row.column} ${row.code}`}
        columns={[
          { title: "Row", right: true, of: (row) => grouped(row.row) },
          { title: "Column", of: (row) => row.column },
          { title: "Value", of: (row) => row.value !== "" && <code>{row.value}</code> },
          { title: "Why", of: (row) => `${row.code}: ${row.detail}` },
        ]}
      />
      {detail.rows_rejected > sample.length && (
        <p class="quiet">{`The first ${sample.length} of ${counted(detail.rows_rejected, "rejected row")}; the file has all.`}</p>
      )}
    </Panel>
  );
}
