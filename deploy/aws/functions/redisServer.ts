/** The Redis servers as ElastiCache sees them: where they are, and which tokens they take. */
import {
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
  ModifyReplicationGroupCommand,
} from "@aws-sdk/client-elasticache";
import type { Fields } from "./secretVersions.ts";

const client = new ElastiCacheClient({});
const POLL_MS = 10_000;
/** Changing a token takes a minute or two; the function may run for ten. */
const POLLS_MAX = 50;

async function describe(id: string) {
  const { ReplicationGroups: [group] = [] } = await client.send(
    new DescribeReplicationGroupsCommand({ ReplicationGroupId: id }),
  );
  if (group === undefined) throw new Error(`there is no replication group ${id}`);
  return group;
}

function groupOf(fields: Fields): string {
  const id = fields["replicationGroup"];
  if (id === undefined) throw new Error('the secret has no field "replicationGroup"');
  return id;
}

/** The fields with the URL of the primary: TLS, token as password. */
export async function withRedisUrl(fields: Fields): Promise<Fields> {
  const { NodeGroups: [node] = [] } = await describe(groupOf(fields));
  const address = node?.PrimaryEndpoint?.Address;
  if (address === undefined) throw new Error(`${groupOf(fields)} has no primary endpoint yet`);
  return { ...fields, url: `rediss://:${fields["password"]}@${address}:${fields["port"]}` };
}

/** Lets the server take a second token; those that it had before the last rotation end. Waits until it does. */
export async function addToken(fields: Fields): Promise<void> {
  const ReplicationGroupId = groupOf(fields);
  await client.send(
    new ModifyReplicationGroupCommand({
      ReplicationGroupId,
      AuthToken: fields["password"],
      AuthTokenUpdateStrategy: "ROTATE",
      ApplyImmediately: true,
    }),
  );
  for (let poll = 0; poll < POLLS_MAX; poll += 1) {
    const { Status, PendingModifiedValues: waiting } = await describe(ReplicationGroupId);
    if (Status === "available" && waiting?.AuthTokenStatus === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(
    `${ReplicationGroupId} did not take the new token in ${(POLLS_MAX * POLL_MS) / 1_000} s`,
  );
}
