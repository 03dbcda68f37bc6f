/** The task definitions of an environment, read as far as tests look at them. */
import { z } from "zod";
import type { EnvironmentName } from "../../environments/environments.ts";
import { resources } from "./synthesised.ts";

const taskDefinition = z.object({
  Family: z.string(),
  Cpu: z.string(),
  Memory: z.string(),
  // The process comes first: releases put their image there (deploy/ci.sh). A collector of traces may stand beside it.
  ContainerDefinitions: z
    .tuple([
      z.object({
        Command: z.array(z.string()),
        ReadonlyRootFilesystem: z.boolean(),
        User: z.string(),
        StopTimeout: z.number(),
        Privileged: z.boolean().optional(),
        HealthCheck: z.object({ Command: z.array(z.string()) }).optional(),
        LinuxParameters: z.object({
          Capabilities: z.object({ Drop: z.array(z.string()) }),
          InitProcessEnabled: z.boolean(),
        }),
        MountPoints: z.array(z.object({ ContainerPath: z.string() })),
        Environment: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
        Secrets: z.array(z.object({ Name: z.string(), ValueFrom: z.unknown() })).default([]),
      }),
    ])
    .rest(z.unknown()),
});
/** Those of the four processes. */
export const tasksOf = (name: EnvironmentName) =>
  resources(name, "services", "AWS::ECS::TaskDefinition").map((it) =>
    taskDefinition.parse(it.Properties),
  );
