/** The jobs process as it ships: runs what the API asks for, with two processes side by side, one of them killed. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Instance, startInstance } from "../support/instance.ts";
import { waitFor } from "../support/waitFor.ts";

let instance: Instance;

beforeAll(async () => {
  instance = await startInstance({ processes: ["api", "jobs"] });
}, 120_000);
afterAll(() => instance.stop(), 60_000);

async function runJob(name: string) {
  const asked = await instance.call("POST", `/v1/jobs/${name}/run`, { role: "admin" });
  expect(asked.status).toBe(202);
  return waitFor(`the end of ${name}`, async () => {
    const { body } = await instance.call("GET", asked.body.status_url, { role: "admin" });
    return ["queued", "running"].includes(body.status) ? undefined : body;
  });
}

test("every job runs to its end on an empty platform", async () => {
  const { body } = await instance.call("GET", "/v1/jobs", { role: "admin" });
  for (const { name } of body.data) {
    expect(await runJob(name)).toMatchObject({ status: "completed", error: null });
  }
}, 60_000);

test("a second jobs process takes over when the first is killed", async () => {
  const second = await instance.start("jobs");
  await instance.processes.jobs?.kill();
  expect(await runJob("housekeeping")).toMatchObject({ status: "completed" });
  await second.stop();
}, 60_000);
