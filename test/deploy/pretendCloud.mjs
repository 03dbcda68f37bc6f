/**
 * `aws` and `cosign` for deploy/ci.sh, over a small model of AWS in a file (ci.test.ts writes it, and says what each
 * field means). Time is the file `now`, which
 * `sleep` moves on. Answers, errors and the waiters that give up are AWS' own: attempts and seconds are
 * those of the command line's waiters-2.json. Usage: node pretendCloud.mjs <folder> <program> <arguments...>
 */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder, program, ...args] = process.argv.slice(2);
const NEW_TASK = "arn:aws:ecs:us-east-1:1:task/1";
const API_ALARMS = ["api-unavailable", "api-errors", "api-latency"];

class Refused extends Error {
  constructor(code, operation) {
    super(`An error occurred (${code}) when calling the ${operation} operation`);
  }
}

/** Names and values of `--name value...`. */
function readOptions(words) {
  const options = {};
  let name = "";
  for (const word of words) {
    if (word.startsWith("--")) {
      name = word.slice(2);
      options[name] = [];
    } else options[name]?.push(word);
  }
  return options;
}

/** The part of JMESPath that is asked for: a.b[0], a[], a[?b=='c'], | length(@). */
function query(value, expression) {
  const [path, ...rest] = expression.split("|").map((it) => it.trim());
  let found = value;
  let isList = false;
  const each = (step) => {
    found = isList ? found.flatMap((it) => step(it) ?? []) : (step(found) ?? null);
  };
  for (const [token, name, index, key, wanted] of path.matchAll(
    /(\w+)|\[(\d+)\]|\[\?(\w+)=='(\w+)'\]|\[\]/g,
  )) {
    if (name !== undefined && !token.startsWith("[")) each((it) => it?.[name]);
    else if (index !== undefined) each((it) => it?.[Number(index)]);
    else {
      each((it) => it?.filter((entry) => key === undefined || entry[key] === wanted));
      isList = true;
    }
  }
  return rest[0] === "length(@)" ? found.length : found;
}

function asText(value) {
  if (value === null || value === undefined) return "None";
  return Array.isArray(value) ? value.map(asText).join("\t") : String(value);
}

function imageScan(cloud) {
  const { image, scan, now } = cloud;
  // An index is never scanned, so there is no scan to describe.
  if (image !== "manifest" || now < scan.beginsAt) {
    throw new Refused("ScanNotFoundException", "DescribeImageScanFindings");
  }
  if (now < scan.endsAt) return { imageScanStatus: { status: "IN_PROGRESS" } };
  return {
    imageScanStatus: { status: scan.status, description: "as it is" },
    imageScanFindings: {
      findingSeverityCounts: scan.critical > 0 ? { CRITICAL: scan.critical } : {},
    },
  };
}

/** A service as ECS shows it: while it is undone, and after, the failed deployment is not the primary one and then not listed. */
function service(cloud, serviceName) {
  const { now, updates, undone } = cloud;
  const process = serviceName.split("-").at(-1);
  const update = updates[serviceName];
  const before = { status: "PRIMARY", taskDefinition: "arn:old", rolloutState: "COMPLETED" };
  const alarms = { alarmNames: [`${serviceName.replace(/-\w+$/, "")}-${process}-halted`] };
  const shown = (...deployments) => ({
    serviceName,
    taskDefinition: deployments[0].taskDefinition,
    desiredCount: 2,
    runningCount: 2,
    deployments,
    deploymentConfiguration: { alarms },
  });
  if (update === undefined) return shown(before);
  const fresh = { status: "PRIMARY", taskDefinition: update.definition };
  if (now < update.at + cloud.serviceSeconds) {
    return shown({ ...fresh, rolloutState: "IN_PROGRESS" }, { ...before, status: "ACTIVE" });
  }
  return undone.includes(process) ? shown(before) : shown({ ...fresh, rolloutState: "COMPLETED" });
}

/** The shift: tasks start for a minute, then 10 % for five minutes, then all; the old tasks stay for an hour before it succeeds. */
function deployment(cloud, id) {
  const { now, shift } = cloud;
  const found = cloud.deployments.find((it) => it.id === id);
  if (found === undefined) throw new Refused("DeploymentDoesNotExistException", "GetDeployment");
  const age = now - found.at;
  if (shift === "stopped" && age >= 180) return { status: "Stopped", allow: "Failed" };
  if (age < 15) return { status: "Created" };
  const allow = age < 60 ? "Pending" : age < 360 || shift === "hangs" ? "InProgress" : "Succeeded";
  return { status: age < 3960 || shift === "hangs" ? "InProgress" : "Succeeded", allow };
}

const underWay = (cloud) =>
  cloud.deployments
    .filter((it) => ["Created", "InProgress"].includes(deployment(cloud, it.id).status))
    .map((it) => it.id);

const OPERATIONS = {
  "ecr describe-images": () => ({ imageDetails: [{ imageDigest: "sha256:feed" }] }),
  "ecr describe-image-scan-findings": imageScan,
  "ecr get-login-password": () => "password",
  "ecs describe-task-definition": (_, { "task-definition": [family] }) => ({
    taskDefinition: {
      family,
      revision: 7,
      taskDefinitionArn: "arn:old",
      containerDefinitions: [{ name: "stockline", image: "old" }],
    },
  }),
  "ecs register-task-definition": (cloud, { "cli-input-json": [definition] }) => {
    const { family, containerDefinitions, revision } = JSON.parse(definition);
    const { image } = containerDefinitions[0];
    if (revision !== undefined || image !== "registry.example/stockline@sha256:feed") {
      throw new Refused("ClientException", "RegisterTaskDefinition");
    }
    return { taskDefinition: { taskDefinitionArn: `arn:${family}:8` } };
  },
  "ecs run-task": (cloud) => {
    cloud.migration.at = cloud.now;
    return { tasks: [{ taskArn: NEW_TASK }] };
  },
  "ecs describe-tasks": ({ now, migration }) => {
    if (now < migration.at + migration.seconds) {
      return { tasks: [{ lastStatus: "RUNNING", containers: [{ name: "stockline" }] }] };
    }
    const { exitCode } = migration;
    const container = exitCode === null ? {} : { exitCode };
    return {
      tasks: [{ lastStatus: "STOPPED", stoppedReason: "told so", containers: [container] }],
    };
  },
  "ecs update-service": (cloud, { service: [name], "task-definition": [definition] }) => {
    cloud.updates[name] = { at: cloud.now, definition };
    return { service: { serviceArn: `arn:${name}` } };
  },
  "ecs describe-services": (cloud, { services }) => ({
    services: services.map((it) => service(cloud, it)),
  }),
  "deploy create-deployment": (cloud) => {
    if (underWay(cloud).length > 0) {
      throw new Refused("DeploymentLimitExceededException", "CreateDeployment");
    }
    cloud.deployments.unshift({ id: "d-1", at: cloud.now });
    return { deploymentId: "d-1" };
  },
  "deploy list-deployments": (cloud) => ({ deployments: underWay(cloud) }),
  "deploy get-deployment": (cloud, { "deployment-id": [id] }) => ({
    deploymentInfo: { status: deployment(cloud, id).status },
  }),
  "deploy get-deployment-target": (cloud, { "deployment-id": [id], "target-id": [target] }) => {
    const { status, allow } = deployment(cloud, id);
    if (status === "Created")
      throw new Refused("DeploymentNotStartedException", "GetDeploymentTarget");
    if (!/^(stockline-\w+):\1-api$/.test(target)) {
      throw new Refused("DeploymentTargetDoesNotExistException", "GetDeploymentTarget");
    }
    const lifecycleEvents = [
      { lifecycleEventName: "Install", status: "Succeeded" },
      { lifecycleEventName: "AllowTraffic", status: allow },
      {
        lifecycleEventName: "AfterAllowTraffic",
        status: allow === "Succeeded" ? allow : "Pending",
      },
    ];
    return { deploymentTarget: { ecsTarget: { status, lifecycleEvents } } };
  },
  "deploy get-deployment-group": (_, { "application-name": [name] }) => ({
    deploymentGroupInfo: {
      alarmConfiguration: { alarms: API_ALARMS.map((it) => ({ name: `${name}-${it}` })) },
    },
  }),
  "cloudwatch describe-alarms": ({ ringing }, options) => ({
    MetricAlarms: ringing
      .filter(
        (it) => options["alarm-names"]?.includes(it) ?? it.startsWith(options["alarm-name-prefix"]),
      )
      .map((AlarmName) => ({ AlarmName })),
  }),
  "ssm put-parameter": (cloud, { value: [tag] }) => {
    cloud.noted = tag;
    return { Version: 1 };
  },
};

const WAITERS = {
  "ecr image-scan-complete": {
    asks: "ecr describe-image-scan-findings",
    delay: 5,
    attempts: 60,
    ends: (it) => it.imageScanStatus.status === "COMPLETE",
    fails: (it) => it.imageScanStatus.status === "FAILED",
  },
  "ecs tasks-stopped": {
    asks: "ecs describe-tasks",
    delay: 6,
    attempts: 100,
    ends: (it) => it.tasks.every((task) => task.lastStatus === "STOPPED"),
  },
  "ecs services-stable": {
    asks: "ecs describe-services",
    delay: 15,
    attempts: 40,
    ends: (it) => it.services.every((one) => one.deployments.length === 1),
  },
  "deploy deployment-successful": {
    asks: "deploy get-deployment",
    delay: 15,
    attempts: 120,
    ends: (it) => it.deploymentInfo.status === "Succeeded",
    fails: (it) => ["Failed", "Stopped"].includes(it.deploymentInfo.status),
  },
};

function wait(cloud, waiter, options) {
  for (let attempt = 0; attempt < waiter.attempts; attempt += 1) {
    const found = OPERATIONS[waiter.asks](cloud, options);
    if (waiter.ends(found)) return;
    if (waiter.fails?.(found)) throw new Error("Waiter failed: a terminal failure state");
    cloud.now += waiter.delay;
  }
  throw new Error("Waiter failed: Max attempts exceeded");
}

function aws(cloud, [area, operation, ...rest]) {
  const options = readOptions(rest);
  if (operation === "wait") return wait(cloud, WAITERS[`${area} ${rest[0]}`], options);
  const answer = OPERATIONS[`${area} ${operation}`](cloud, options);
  const found = options.query === undefined ? answer : query(answer, options.query[0]);
  const isText = options.output?.[0] === "text" || typeof answer === "string";
  process.stdout.write(`${isText ? asText(found) : JSON.stringify(found)}\n`);
}

function cosign(cloud, [command]) {
  if (command === "login") cloud.hasLogin = true;
  if (!cloud.hasLogin) throw new Error("401 Unauthorized");
  if (command === "verify" && !cloud.isSigned) throw new Error("no signatures found");
  if (command === "sign") {
    if (cloud.isSigned) throw new Error("tag sha256-feed.sig exists and is immutable");
    cloud.isSigned = true;
  }
}

appendFileSync(join(folder, "calls"), `${[program, ...args].join(" ").split("\n")[0]}\n`);
// The password comes from `aws` through a pipe: at its end that has written its file.
if (args.includes("--password-stdin")) readFileSync(0);
const file = join(folder, "cloud.json");
const clock = join(folder, "now");
const cloud = {
  ...JSON.parse(readFileSync(file, "utf8")),
  now: Number(readFileSync(clock, "utf8")),
};
try {
  if (program === "aws") aws(cloud, args);
  else cosign(cloud, args);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof Refused ? 254 : 255;
}
writeFileSync(file, JSON.stringify(cloud));
writeFileSync(clock, String(cloud.now)); // a waiter passes time too
