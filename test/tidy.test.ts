// What no tool at hand can say about the code: headers, where SQL and process.env may stand, names,
// machine paths, exact versions. Each failure names the file and what to do.
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { configVariables } from "../platform/config.ts";
import { projectFiles, readProjectFile } from "./support/projectFiles.ts";

const PRODUCT = /^(api|cli|client|console|domain|jobs|local|pipelines|platform|workers)\/.*\.tsx?$/;
const SOURCE =
  /^(api|bench|cli|client|console|domain|jobs|local|pipelines|platform|scripts|test|workers)\/.*\.(tsx?|mjs)$/;
/** Five lines of text and the two that open and close the comment. */
const HEADER_LINES_MAX = 7;

const versions = z.record(z.string(), z.string()).default({});
const manifestFile = z.object({
  dependencies: versions,
  devDependencies: versions,
  optionalDependencies: versions,
});
const lockFile = z.object({
  packages: z.record(z.string(), z.object({ optionalDependencies: versions })),
});

const files = projectFiles();
const product = files.filter((path) => PRODUCT.test(path));
const sources = files.filter((path) => SOURCE.test(path));

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readProjectFile(path), ts.ScriptTarget.ES2023, true);
}

/** `path:line` of every node that the check finds. */
function places(path: string, isFound: (node: ts.Node) => boolean): string[] {
  const source = parse(path);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isFound(node)) {
      found.push(`${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    } else ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe("headers", () => {
  const headerOf = (path: string): string => {
    const text = readProjectFile(path).replace(/^#!.*\n/, "");
    return /^(?:\/\*\*[\s\S]*?\*\/|(?:\/\/.*\n)+)/.exec(text)?.[0].trimEnd() ?? "";
  };

  test("every source file opens with a comment that says what it is for", () => {
    expect(sources.filter((path) => headerOf(path) === "")).toEqual([]);
  });

  test("no header is longer than five lines of text", () => {
    const long = product.filter((path) => headerOf(path).split("\n").length > HEADER_LINES_MAX);
    expect(long).toEqual([]);
  });
});

describe("SQL", () => {
  const STATEMENT =
    /^\s*(?:with\s[\s\S]*\bas\s|select\s[\s\S]*?\sfrom\s|insert\s+into\s|update\s+\w+\s[\s\S]*?\bset\s|delete\s+from\s|merge\s+into\s|copy\s+\w+\s*(?:\(|from\s+std|to\s+std))/i;
  // Besides the pipelines: local/postgres*.ts makes the logins of the server that it starts.
  const isHome = (path: string): boolean =>
    /^pipelines\/[^/]+\/queries(\.ts$|\/)/.test(path) || /^local\/postgres\w*\.ts$/.test(path);
  const isStatement = (node: ts.Node): boolean =>
    (ts.isStringLiteral(node) || ts.isTemplateLiteral(node)) &&
    STATEMENT.test(node.getText().slice(1, -1));

  test("stands only in queries.ts or queries/ of a pipeline", () => {
    const elsewhere = product.filter((path) => !isHome(path));
    expect(elsewhere.flatMap((path) => places(path, isStatement))).toEqual([]);
  });

  test("the check knows a statement from a sentence", () => {
    expect(STATEMENT.test("\n  select id\n  from items")).toBe(true);
    expect(STATEMENT.test("insert into items (sku) values ($1)")).toBe(true);
    expect(STATEMENT.test("update stock_levels as s set on_hand = 1")).toBe(true);
    expect(STATEMENT.test("The rows were selected from the file")).toBe(false);
    expect(STATEMENT.test("select 1")).toBe(false);
    expect(STATEMENT.test("copy import_rows (row, data) from stdin")).toBe(true);
    expect(STATEMENT.test("Copy the file to another folder")).toBe(false);
  });
});

describe("environment", () => {
  const isEnvironment = (node: ts.Node): boolean =>
    (ts.isPropertyAccessExpression(node) &&
      node.name.text === "env" &&
      node.expression.getText() === "process") ||
    (ts.isImportSpecifier(node) &&
      node.name.text === "env" &&
      /^["']node:process["']$/.test(node.parent.parent.parent.moduleSpecifier.getText()));

  test("process.env is read in platform/config.ts, and handed on in local/, nowhere else", () => {
    const elsewhere = product.filter(
      (path) => path !== "platform/config.ts" && !path.startsWith("local/"),
    );
    expect(elsewhere.flatMap((path) => places(path, isEnvironment))).toEqual([]);
  });

  test(".env.example lists every variable and no other (mend: node scripts/writeConfigDocs.mjs)", () => {
    const listed = [...readProjectFile(".env.example").matchAll(/^#?\s*([A-Z][A-Z0-9_]*)=/gm)].map(
      (match) => match[1] ?? "",
    );
    expect(listed.toSorted()).toEqual(configVariables.map((variable) => variable.name).toSorted());
  });
});

describe("names", () => {
  test("no file is called utils, helpers, common, manager or service", () => {
    const vague = /(^|\/|[a-z])(utils?|helpers?|common|manager|service)(\.|\/)/i;
    expect(sources.filter((path) => vague.test(path))).toEqual([]);
  });

  test("product files are camelCase", () => {
    const odd = product.filter((path) => !/\/[a-z][A-Za-z0-9]*\.tsx?$/.test(path));
    expect(odd).toEqual([]);
  });
});

describe("the repository", () => {
  test("names no path of the machine it was written on", () => {
    const paths = new RegExp(`(^|[^\\w.])/(${["work", "root"].join("|")})/`, "m");
    expect(files.filter((path) => paths.test(readProjectFile(path)))).toEqual([]);
  });

  test("its lock file names no registry", () => {
    expect(readProjectFile("package-lock.json")).not.toContain('"resolved"');
  });

  test("its lock file is whole, or `npm ci` refuses it (mend: node scripts/completeLock.mjs)", () => {
    const { packages } = lockFile.parse(JSON.parse(readProjectFile("package-lock.json")));
    const paths = Object.keys(packages);
    const missing = Object.values(packages)
      .flatMap((entry) => Object.keys(entry.optionalDependencies))
      .filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)));
    expect(missing).toEqual([]);
  });

  test("its versions are exact", () => {
    const manifest = manifestFile.parse(JSON.parse(readProjectFile("package.json")));
    const pinned = Object.entries({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    });
    const loose = pinned.filter(
      ([, version]) => !/^(npm:[@\w./-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });
});
