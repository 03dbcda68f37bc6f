/** What an import asks, foresees, and found changed since. */
import type { ImportDetail } from "../state/useImport.ts";
import { counted, grouped, plain, words } from "../ui/format.ts";
import { Panel } from "../ui/panel.tsx";
import { Fact, Facts } from "../ui/parts.tsx";
import { Table } from "../ui/table.tsx";

interface DetailProps {
  readonly detail: ImportDetail;
}

/** Columns that can be read in more than one way; the answer goes into the mapping. */
export function Questions({ detail: { questions } }: DetailProps) {
  if (questions.length === 0) return null;
  return (
    <Panel title="To be answered" wide>
      <p>Send the file again with these in its mapping.</p>
      <Table
        caption="Columns that can be read in more than one way"
        rows={questions}
        keyOf={(one) => `${one.column} ${one.code}`}
        columns={[
          { title: "Column", of: (one) => one.column },
          { title: "Rows", right: true, of: (one) => grouped(one.rows) },
          { title: "Such as", of: (one) => one.examples.join(", ") },
          {
            title: "Set",
            of: (one) => (
              <>
                <code>{one.set}</code>
                {` to ${one.choices.map(({ value }) => JSON.stringify(value)).join(" or ")}`}
              </>
            ),
          },
        ]}
      />
    </Panel>
  );
}

/** What a dry run says would happen. */
export function Preview({ detail: { preview, mode } }: DetailProps) {
  if (preview === null || mode !== "dry_run") return null;
  return (
    <Panel title="What would happen" wide>
      <Figures of={preview} />
    </Panel>
  );
}

/** Where a committed dry run fared otherwise than foreseen. */
export function ChangedSince({ detail: { changed_since_preview: changed } }: DetailProps) {
  if (changed === null || changed["rows"] === 0) return null;
  return (
    <Panel title="Otherwise than the dry run foresaw" wide>
      <Figures of={changed} />
    </Panel>
  );
}

/** Counts as figures, lists by their length with their members below. */
function Figures({ of }: { readonly of: Readonly<Record<string, unknown>> }) {
  const entries = Object.entries(of);
  const plain = entries.flatMap(([name, value]) => figureOf(name, value));
  const lists = entries.filter(
    (entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && entry[1].length > 0,
  );
  return (
    <>
      <Facts>
        {plain.map(([name, value]) => (
          <Fact key={name} name={words(name)}>
            {value}
          </Fact>
        ))}
      </Facts>
      {lists.map(([name, rows]) => (
        <details key={name}>
          <summary>{`${words(name)} (${counted(rows.length, "entry", "entries")})`}</summary>
          <ul class="plain-list">
            {rows.slice(0, 100).map((row) => (
              <li key={JSON.stringify(row)}>{describe(row)}</li>
            ))}
          </ul>
        </details>
      ))}
    </>
  );
}

function figureOf(name: string, value: unknown): [string, string][] {
  if (typeof value === "number") return [[name, grouped(value)]];
  if (typeof value === "string") return [[name, value]];
  if (Array.isArray(value) || typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([part, inner]: [string, unknown]) =>
    figureOf(`${name} ${part}`, inner),
  );
}

function describe(row: unknown): string {
  if (typeof row !== "object" || row === null) return plain(row);
  return Object.entries(row)
    .map(([name, value]: [string, unknown]) => `${words(name)} ${plain(value)}`)
    .join(", ");
}
