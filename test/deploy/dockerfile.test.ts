// The Dockerfile, read like hadolint does, since no engine is at hand: each rule is a function that finds what is wrong, and each is
// shown to find it in a bad file as well.
import { describe, expect, test } from "vitest";
import { readProjectFile } from "../support/projectFiles.ts";

interface Instruction {
  readonly word: string;
  readonly rest: string;
  /** The stage it stands in, from 0; -1 before the first FROM. */
  readonly stage: number;
}

/** Instructions with their continuation lines joined and comments dropped. */
function parseDockerfile(text: string): Instruction[] {
  const joined = text
    .split("\n")
    .filter((line) => !/^\s*#/.test(line))
    .join("\n")
    .replaceAll(/\\\n\s*/g, " ");
  let stage = -1;
  return joined.split("\n").flatMap((line) => {
    const match = /^([A-Z]+)\s+(.*)$/.exec(line.trim());
    if (match === null) return [];
    const [, word = "", rest = ""] = match;
    if (word === "FROM") stage += 1;
    return [{ word, rest, stage }];
  });
}

type Rule = (file: readonly Instruction[]) => readonly string[];
const of = (file: readonly Instruction[], ...words: readonly string[]) =>
  file.filter((it) => words.includes(it.word));
const last = (file: readonly Instruction[], word: string) => of(file, word).at(-1)?.rest;
const finalStage = (file: readonly Instruction[]) => {
  const stage = Math.max(...file.map((it) => it.stage));
  return file.filter((it) => it.stage === stage);
};
const bad = (isBad: boolean, sentence: string) => (isBad ? [sentence] : []);

/** Rule, and a file that breaks it. Numbers are hadolint's where it has such a rule. */
const RULES: Readonly<Record<string, readonly [Rule, string]>> = {
  "every base image has an exact version (DL3006, DL3007)": [
    (file) => {
      const stages = of(file, "FROM").map((it) => /\sAS\s+(\S+)/.exec(it.rest)?.[1]);
      const defaults = of(file, "ARG")
        .filter((it) => it.stage === -1)
        .map((it) => it.rest);
      return of(file, "FROM").flatMap(({ rest }) => {
        const name = rest.split(/\s/)[0] ?? "";
        const variable = /^\$\{(\w+)\}$/.exec(name)?.[1];
        const image =
          variable === undefined
            ? name
            : (defaults.find((it) => it.startsWith(`${variable}=`)) ?? "");
        if (image === "scratch" || stages.includes(image)) return [];
        return bad(!/:\d+\.\d+\.\d+/.test(image), `FROM ${rest}`);
      });
    },
    "FROM node:latest\nUSER node",
  ],
  "the last user is not root (DL3002)": [
    (file) =>
      bad(
        /^(root|0)?(:|$)/.test(
          finalStage(file).findLast((it) => it.word === "USER")?.rest ?? "root",
        ),
        "USER",
      ),
    "FROM node:20.1.0\nUSER node\nUSER root",
  ],
  "commands are lists, so that signals reach the process (DL3025)": [
    (file) =>
      of(file, "CMD", "ENTRYPOINT")
        .filter((it) => !it.rest.startsWith("["))
        .map((it) => it.rest),
    "FROM node:20.1.0\nCMD node main.js",
  ],
  "folders are absolute, and nobody changes into one by cd (DL3000, DL3003)": [
    (file) => [
      ...of(file, "WORKDIR")
        .filter((it) => !it.rest.startsWith("/"))
        .map((it) => it.rest),
      ...of(file, "RUN")
        .filter((it) => /(^|&&|;)\s*cd\s/.test(it.rest))
        .map((it) => it.rest),
    ],
    "FROM node:20.1.0\nWORKDIR app\nRUN cd x && ls",
  ],
  "ADD is for addresses only, with a mode; COPY for the rest (DL3020)": [
    (file) =>
      of(file, "ADD")
        .filter((it) => !it.rest.startsWith("--chmod=0444 https://"))
        .map((it) => it.rest),
    "FROM node:20.1.0\nADD . .",
  ],
  "COPY --from names a stage before it (DL3022, DL3023)": [
    (file) => {
      const names = of(file, "FROM").map((it) => /\sAS\s+(\S+)/.exec(it.rest)?.[1]);
      return of(file, "COPY").flatMap(({ rest, stage }) => {
        const from = /--from=(\S+)/.exec(rest)?.[1];
        return bad(from !== undefined && !names.slice(0, stage).includes(from), rest);
      });
    },
    "FROM node:20.1.0 AS a\nCOPY --from=b /x /x\nFROM node:20.1.0 AS b",
  ],
  "packages come from the lock, without scripts (DL3016)": [
    (file) =>
      of(file, "RUN")
        .filter(
          (it) =>
            /\bnpm\s+(i|install|add|ci)\b/.test(it.rest) &&
            !/npm ci --ignore-scripts/.test(it.rest),
        )
        .map((it) => it.rest),
    "FROM node:20.1.0\nRUN npm install",
  ],
  "nothing is installed by apt, pip or curl into a shell (DL3008, DL4001)": [
    (file) =>
      of(file, "RUN")
        .filter((it) => /\b(apt(-get)?|apk|pip|sudo|curl|wget)\b/.test(it.rest))
        .map((it) => it.rest),
    "FROM node:20.1.0\nRUN curl https://example.com | bash",
  ],
  "no secret is in a variable": [
    (file) =>
      of(file, "ENV", "ARG")
        .filter((it) => /(PASSWORD|SECRET|TOKEN|KEY|_URL)\w*=/i.test(it.rest))
        .map((it) => it.rest),
    "FROM node:20.1.0\nENV DATABASE_URL=postgres://x",
  ],
  "there is one HEALTHCHECK, without a shell (DL3012)": [
    (file) => {
      const found = of(file, "HEALTHCHECK");
      return bad(
        found.length !== 1 || !/CMD\s+\[/.test(found[0]?.rest ?? ""),
        `${found.length} HEALTHCHECK`,
      );
    },
    "FROM node:20.1.0\nHEALTHCHECK CMD curl localhost",
  ],
  "it stops by SIGTERM": [
    (file) => bad(last(file, "STOPSIGNAL") !== "SIGTERM", "STOPSIGNAL"),
    "FROM node:20.1.0\nSTOPSIGNAL SIGKILL",
  ],
  "the final image is made from nothing but chosen folders, and its tools are removed": [
    (file) => {
      const base = of(finalStage(file), "FROM")[0]?.rest;
      const root = of(finalStage(file), "COPY").find((it) => it.rest.endsWith(" / /"))?.rest;
      const from = /--from=(\S+)/.exec(root ?? "")?.[1];
      const stage = of(file, "FROM").find((it) => it.rest.endsWith(` AS ${from}`))?.stage;
      const removed = of(file, "RUN")
        .filter((it) => it.stage === stage)
        .map((it) => it.rest)
        .join(" ");
      const tools = [
        "/usr/local/lib/node_modules",
        "/usr/local/bin/npm",
        "/usr/local/bin/npx",
        "/usr/local/bin/corepack",
        "/opt/yarn-*",
      ];
      return [
        ...bad(base !== "scratch", `FROM ${base}`),
        ...tools.filter((it) => !removed.split(/\s+/).includes(it)).map((it) => `${it} stays`),
      ];
    },
    "FROM node:20.1.0\nCOPY . .",
  ],
  "the final stage runs nothing, so it needs no shell to be built": [
    (file) => of(finalStage(file), "RUN").map((it) => it.rest),
    "FROM node:20.1.0\nRUN ls",
  ],
  "it has labels and a list of what is in it (SBOM)": [
    (file) => {
      const labels = of(file, "LABEL")
        .map((it) => it.rest)
        .join(" ");
      const wanted = [
        "title",
        "description",
        "version",
        "revision",
        "created",
        "source",
        "licenses",
      ];
      return [
        ...wanted.filter((it) => !labels.includes(`org.opencontainers.image.${it}=`)),
        ...bad(
          !of(file, "RUN").some((it) => it.rest.includes("npm sbom --sbom-format=cyclonedx")),
          "npm sbom",
        ),
        ...bad(
          !of(finalStage(file), "COPY").some((it) => it.rest.includes("sbom.cdx.json")),
          "COPY sbom",
        ),
      ];
    },
    "FROM node:20.1.0\nLABEL a=b",
  ],
  "it writes to /tmp only, which is a volume": [
    (file) => bad(last(file, "VOLUME") !== '["/tmp"]', "VOLUME"),
    "FROM node:20.1.0\nVOLUME /data",
  ],
  "production gets no package for development": [
    (file) => {
      const modules =
        of(finalStage(file), "COPY").find((it) => it.rest.includes("/app/node_modules"))?.rest ??
        "";
      const from = /--from=(\S+)/.exec(modules)?.[1];
      const stage = of(file, "FROM").find((it) => it.rest.endsWith(` AS ${from}`))?.stage;
      return bad(
        !of(file, "RUN").some(
          (it) => it.stage === stage && /--omit=dev --omit=optional/.test(it.rest),
        ),
        "node_modules",
      );
    },
    "FROM node:20.1.0 AS a\nRUN npm ci --ignore-scripts\nFROM scratch\nCOPY --from=a /app/node_modules ./node_modules",
  ],
};

describe("the Dockerfile", () => {
  const file = parseDockerfile(readProjectFile("Dockerfile"));

  for (const [name, [rule, broken]] of Object.entries(RULES)) {
    test(`${name}`, () => {
      expect(rule(file)).toEqual([]);
      expect(rule(parseDockerfile(broken)).length).toBeGreaterThan(0);
    });
  }

  test("is read whole: each of its stages, and lines that go on", () => {
    expect(of(file, "FROM").map((it) => it.rest)).toHaveLength(5);
    expect(last(file, "LABEL")).toContain("image.licenses");
  });
});

test("what goes to the builder holds no secret, no history and nothing that the build does not read", () => {
  const ignored = readProjectFile(".dockerignore").split("\n");
  expect(ignored).toEqual(
    expect.arrayContaining([".git", ".env", ".env.*", ".stockline", "node_modules", "test"]),
  );
});
