/** Synthesises every stack into dist/cdk.out and says what came of it. Needs no network and no credentials. */
import { join } from "node:path";
import { createApp } from "./lib/app.ts";
import { describeSynth } from "./lib/describeSynth.ts";
import { packageFolder } from "./lib/functions.ts";

const outdir = join(packageFolder, "dist/cdk.out");
const app = createApp({ outdir });
process.stdout.write(describeSynth(app, app.synth()));
