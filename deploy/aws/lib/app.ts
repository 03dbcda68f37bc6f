/** The whole architecture: what all environments share, and the stacks of each, checked by cdk-nag's AwsSolutions rules. */
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { type EnvironmentName, environments } from "../../environments/environments.ts";
import { dataStack } from "./data.ts";
import { deliveryStack } from "./delivery.ts";
import { edgeStack } from "./edge.ts";
import { entryStack } from "./entry.ts";
import { keysStack } from "./keys.ts";
import { networkStack } from "./network.ts";
import { operationsStack } from "./operations.ts";
import { servicesStack } from "./services.ts";
import type { Deployment } from "./stack.ts";
import { storageStack } from "./storage.ts";
import { streamsStack } from "./streams.ts";

interface AppOptions {
  readonly outdir?: string;
  /** Only these environments; all when left out. */
  readonly only?: readonly EnvironmentName[];
}

/** Makes the app; `synth()` throws while a rule finds something that nobody accepted with a reason. */
export function createApp({ outdir, only }: AppOptions = {}): App {
  const app = new App({
    analyticsReporting: false,
    treeMetadata: false,
    ...(outdir === undefined ? {} : { outdir }),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
  const delivery = deliveryStack(app);
  for (const environment of Object.values(environments)) {
    if (only !== undefined && !only.includes(environment.name)) continue;
    const deployment: Deployment = { app, environment };
    const keys = keysStack(deployment);
    const network = networkStack(deployment, keys);
    const storage = storageStack(deployment, keys);
    const data = dataStack(deployment, keys, network);
    const streams = streamsStack(deployment, { keys, network, data });
    const entry = entryStack(deployment, network, storage);
    const operations = operationsStack(deployment, { keys, data, streams, entry });
    servicesStack(deployment, {
      keys,
      network,
      data,
      storage,
      streams,
      entry,
      operations,
      delivery,
    });
    edgeStack(deployment, { keys, storage, entry });
  }
  return app;
}
