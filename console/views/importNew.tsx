/** Sends a file to be imported. */
import { useState } from "preact/hooks";
import type { Answer } from "../../client/operations.ts";
import { IMPORT_KINDS } from "../../domain/importWords.ts";
import { pathOf } from "../http/api.ts";
import { Refusal } from "../http/refusal.ts";
import { saveFromApi } from "../http/saveFile.ts";
import { sendFile } from "../http/sendFile.ts";
import { useApi, useMay, useSession } from "../state/context.ts";
import { placeOf } from "../state/place.ts";
import { goTo } from "../state/route.ts";
import { useAction } from "../state/useAction.ts";
import { Checkbox, Form, Select, TextArea, textOf } from "../ui/fields.tsx";
import { byteSize, words } from "../ui/format.ts";
import { Panel } from "../ui/panel.tsx";
import { ProblemBox } from "../ui/parts.tsx";
import { asKind, permissionOf } from "./importKinds.ts";

interface Upload {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: File;
  /** What makes two attempts the same. */
  readonly mark: readonly (string | number)[];
}

/** The view. */
export function ImportNew() {
  const may = useMay();
  const { tokens } = useSession();
  const [share, setShare] = useState(0);
  const kinds = IMPORT_KINDS.filter((kind) => may(permissionOf(kind)));
  const [kind, setKind] = useState<string>(kinds[0] ?? "");
  const action = useAction(async ({ fields, file }: Upload, key) => {
    setShare(0);
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set("file", file, file.name);
    const sending = { path: "/v1/imports", form, idempotencyKey: key, onSent: setShare };
    const { id } = await sendFile<Answer<"POST /v1/imports">>(tokens, sending);
    goTo(["imports", id]);
  });
  const submit = (data: FormData): void => {
    const upload = uploadOf(data);
    if (upload !== undefined) void action.run(upload);
  };
  return (
    <>
      <p class="trail">
        <a href={placeOf(["imports"])}>Imports</a>
      </p>
      <h1 tabIndex={-1}>Import a file</h1>
      <Panel title="What to import" wide>
        <Form label="Import a file" onSubmit={submit}>
          <div class="fields">
            <Select
              label="Kind"
              name="kind"
              value={kind}
              options={kinds.map((one) => [one, words(one)])}
              onChange={setKind}
            />
            <FileInput />
            <Select
              label="Mode"
              name="mode"
              options={[
                ["commit", "Commit: good rows go in"],
                ["dry_run", "Dry run: tells what would happen"],
              ]}
            />
            <Select
              label="A wrong row"
              name="on_error"
              options={[
                ["skip", "is left out, the others go in"],
                ["abort", "stops the whole file"],
              ]}
            />
          </div>
          <TemplateLine kind={kind} />
          <MoreFields />
          <div class="buttons">
            <button type="submit" class="primary" disabled={action.busy || kinds.length === 0}>
              {action.busy ? "Sending …" : "Send"}
            </button>
            {action.busy && <progress max={1} value={share} aria-label="Sent" />}
          </div>
          <ProblemBox error={action.error}>
            <Duplicate error={action.error} />
          </ProblemBox>
        </Form>
      </Panel>
    </>
  );
}

function MoreFields() {
  return (
    <details>
      <summary>More fields</summary>
      <TextArea
        label="Mapping (JSON)"
        name="mapping"
        hint='For columns with names of their own: {"columns": {"Their column": "sku"}, "defaults": {"warehouse": "MAIN"}}'
      />
      <Checkbox label="Import it even if the same content was imported before" name="force" />
    </details>
  );
}

function FileInput() {
  const [file, setFile] = useState<File | undefined>(undefined);
  return (
    <div class="field">
      <label htmlFor="import-file">File</label>
      <input
        id="import-file"
        name="file"
        type="file"
        required
        accept=".csv,.tsv,.txt,.gz,.xlsx"
        aria-describedby="import-file-hint"
        onChange={(event) => setFile(event.currentTarget.files?.[0])}
      />
      <p class="hint" id="import-file-hint">
        {file === undefined ? "CSV (also gzipped) or XLSX" : byteSize(file.size)}
      </p>
    </div>
  );
}

/** The API names the import that had the same content first. */
function Duplicate({ error }: { readonly error: unknown }) {
  if (!(error instanceof Refusal) || error.problem.code !== "duplicate_import") return null;
  const first = error.problem.members["import_id"];
  if (typeof first !== "string") return null;
  return (
    <p>
      <a href={placeOf(["imports", first])}>See the first import</a>, or send it again with “Import
      it even if …” under “More fields”.
    </p>
  );
}

function TemplateLine({ kind }: { readonly kind: string }) {
  const api = useApi();
  const action = useAction(async (format: "csv" | "xlsx") => {
    const path = { kind };
    const address = pathOf("GET /v1/imports/templates/{kind}", { path, query: { format } });
    await saveFromApi(api, address, `${kind}.${format}`);
  });
  if (asKind(kind) === undefined) return null;
  return (
    <>
      <p class="quiet small">
        {"A template with the columns of this kind: "}
        <button type="button" class="link" onClick={() => void action.run("csv")}>
          CSV
        </button>
        {" or "}
        <button type="button" class="link" onClick={() => void action.run("xlsx")}>
          XLSX
        </button>
      </p>
      <ProblemBox error={action.error} />
    </>
  );
}

function uploadOf(data: FormData): Upload | undefined {
  const file = data.get("file");
  if (!(file instanceof File) || file.name === "") return undefined;
  const mapping = textOf(data, "mapping");
  const fields = {
    kind: textOf(data, "kind"),
    mode: textOf(data, "mode"),
    on_error: textOf(data, "on_error"),
    ...(mapping === "" ? {} : { mapping }),
    ...(data.get("force") === "on" ? { force: "true" } : {}),
  };
  return { fields, file, mark: [file.name, file.size, file.lastModified] };
}
