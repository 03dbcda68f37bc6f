/**
 * `npm run bench [section ...] [--quick] [--rounds=N]`: product against baseline on private backends; ratios are what counts.
 * The section import also takes --rows=N (its largest files) and --only=movements|items|workbook, export --rows=N and --only=<format>,
 * streams --rows=N (its backlog) and --only=kinesis|sqs|kafka|bench|catch-up.
 */
import { parseArgs } from "node:util";
import { benchApply } from "./apply.ts";
import type { Effort, Figure } from "./compare.ts";
import { benchExport } from "./export.ts";
import { benchFairness } from "./fairness.ts";
import { benchGrowth } from "./growth.ts";
import { benchImport } from "./import.ts";
import { benchIntake } from "./intake.ts";
import { benchLatency } from "./latency.ts";
import { benchLimits } from "./limits.ts";
import { benchMixed } from "./mixed.ts";
import { benchReads } from "./reads.ts";
import { benchReorder } from "./reorder.ts";
import { keepResults, printFigures } from "./report.ts";
import { benchScale } from "./scale.ts";
import { createStage, type Stage } from "./stage.ts";
import { benchStart } from "./start.ts";
import { benchStreams } from "./streams.ts";
import { benchVerify } from "./verify.ts";

type Section = (stage: Stage, effort: Effort) => Promise<Figure[]>;

const SECTIONS: Readonly<Record<string, Section>> = {
  intake: benchIntake,
  apply: benchApply,
  limits: benchLimits,
  latency: benchLatency,
  fairness: benchFairness,
  scale: benchScale,
  reads: benchReads,
  growth: benchGrowth,
  mixed: benchMixed,
  verify: benchVerify,
  import: benchImport,
  export: benchExport,
  reorder: benchReorder,
  streams: benchStreams,
  start: benchStart,
};
const ROUNDS = 3;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    rows: { type: "string" },
    only: { type: "string" },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 1 : ROUNDS));
const names = positionals.length === 0 ? Object.keys(SECTIONS) : positionals;
const unknown = names.filter((name) => !Object.hasOwn(SECTIONS, name));
if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  const known = Object.keys(SECTIONS).join(", ");
  process.stderr.write(
    `usage: npm run bench [section ...] [-- --quick] [-- --rounds=3]; sections: ${known}\n`,
  );
  process.exit(2);
}
await runSections();

async function runSections(): Promise<void> {
  const { quick, rows, only } = values;
  const effort: Effort = {
    rounds,
    quick,
    ...(rows === undefined ? {} : { rows: Number(rows) }),
    ...(only === undefined ? {} : { only }),
  };
  const stage = await createStage();
  try {
    for (const name of names) {
      const section = SECTIONS[name];
      if (section === undefined) continue;
      const figures = await section(stage, effort);
      process.stdout.write(`\n${name}: ${rounds} round(s), medians ± half the range\n`);
      printFigures(figures);
      const { postgresVersion } = stage;
      const file = keepResults({ section: name, effort, postgresVersion, figures });
      process.stdout.write(`kept in ${file}\n`);
    }
  } finally {
    await stage.stop();
  }
}
