// Who may reach whom: four kinds of subnets, security groups that name each other, network ACLs as a second wall.
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { environments } from "../../environments/environments.ts";
import { ENVIRONMENTS, resources, template } from "./synthesised.ts";

/** By AWS' list of the addresses from which it reaches origins; nothing else reaches the load balancer. */
const CLOUDFRONT = "pl-3b927c52 > LoadBalancer:443";
const CLIENTS = ["Api", "Workers", "Jobs", "Migrate", "Functions", "EventProcessor"];

const rule = z.object({
  GroupId: z.unknown(),
  SourceSecurityGroupId: z.unknown().optional(),
  SourcePrefixListId: z.string().optional(),
  DestinationSecurityGroupId: z.unknown().optional(),
  FromPort: z.number(),
});
/** The name of the group that a reference means: logical ids begin with it. */
const groupName = (reference: unknown) =>
  /"([A-Z][A-Za-z]*?)[0-9A-F]{8}"/.exec(JSON.stringify(reference))?.[1];

function openings(): string[] {
  return resources("production", "network", "AWS::EC2::SecurityGroupIngress")
    .map((it) => rule.parse(it.Properties))
    .map((it) => {
      const from = groupName(it.SourceSecurityGroupId ?? "") ?? it.SourcePrefixListId ?? "?";
      return `${from} > ${groupName(it.GroupId)}:${it.FromPort}`;
    })
    .toSorted();
}

describe("security groups", () => {
  test("let exactly these connect", () => {
    const endpoints = CLIENTS.map((it) => `${it} > Endpoints:443`);
    const database = ["Api", "Workers", "Jobs", "Migrate", "Functions"].map(
      (it) => `${it} > Database:5432`,
    );
    const redis = ["Api", "Workers", "Jobs"].map((it) => `${it} > Redis:6379`);
    expect(openings()).toEqual(
      [...endpoints, ...database, ...redis, "LoadBalancer > Api:3001", CLOUDFRONT].toSorted(),
    );
  });

  test("let nothing out but HTTPS and what is named", () => {
    for (const group of resources("production", "network", "AWS::EC2::SecurityGroup")) {
      const egress = JSON.stringify(group.Properties["SecurityGroupEgress"] ?? []);
      expect(egress).not.toContain('"IpProtocol":"-1"');
    }
    const out = resources("production", "network", "AWS::EC2::SecurityGroupEgress").map(
      (it) => rule.parse(it.Properties).FromPort,
    );
    expect(new Set(out)).toEqual(new Set([3001, 5432, 6379]));
  });
});

describe("network ACLs", () => {
  const entry = z.object({
    NetworkAclId: z.object({ Ref: z.string() }),
    CidrBlock: z.string(),
    Egress: z.boolean(),
    Protocol: z.number(),
    PortRange: z.object({ From: z.number(), To: z.number() }),
    RuleAction: z.literal("allow"),
  });
  const entriesOf = (kind: string) =>
    resources("production", "network", "AWS::EC2::NetworkAclEntry")
      .map((it) => entry.parse(it.Properties))
      .filter((it) => it.NetworkAclId.Ref.startsWith(`Acl${kind}`));

  test("cover every subnet", () => {
    const subnets = resources("production", "network", "AWS::EC2::Subnet");
    const covered = resources("production", "network", "AWS::EC2::SubnetNetworkAclAssociation");
    expect(subnets).toHaveLength(4 * 3);
    expect(covered).toHaveLength(subnets.length);
  });

  test("allow TCP only, and never all ports", () => {
    const all = ["nat", "entry", "tasks", "data"].flatMap(entriesOf);
    expect(all.length).toBeGreaterThan(30);
    expect(all.filter((it) => it.Protocol !== 6 || it.PortRange.From < 443)).toEqual([]);
  });

  test("let nothing from the internet reach the data subnets, nor anything out", () => {
    const data = entriesOf("data");
    expect(data.length).toBeGreaterThan(0);
    expect(data.filter((it) => !it.CidrBlock.startsWith("10.30."))).toEqual([]);
    const asked = data.filter((it) => !it.Egress && it.PortRange.From === it.PortRange.To);
    expect(new Set(asked.map((it) => it.PortRange.From))).toEqual(new Set([5432, 6379]));
  });
});

describe("each environment", () => {
  test.each(ENVIRONMENTS)("%s has the zones, ways out and endpoints of the table", (name) => {
    const { availabilityZones, natGateways, privateEndpoints, vpcCidr } = environments[name];
    const network = template(name, "network");
    network.resourceCountIs("AWS::EC2::Subnet", 4 * availabilityZones.length);
    network.resourceCountIs("AWS::EC2::NatGateway", natGateways);
    network.resourceCountIs("AWS::EC2::VPCEndpoint", privateEndpoints ? 8 : 1);
    network.resourceCountIs("AWS::EC2::FlowLog", 1);
    network.hasResourceProperties("AWS::EC2::VPC", { CidrBlock: vpcCidr });
  });

  test("has addresses of its own, so that they can be joined later", () => {
    expect(new Set(ENVIRONMENTS.map((name) => environments[name].vpcCidr)).size).toBe(3);
  });

  test("has no way to the internet from the data and entry subnets", () => {
    const routes = resources("production", "network", "AWS::EC2::Route").filter(
      (it) => it.Properties["DestinationCidrBlock"] === "0.0.0.0/0",
    );
    const tables = routes.map((it) => JSON.stringify(it.Properties["RouteTableId"]));
    expect(tables).toHaveLength(6);
    expect(tables.filter((it) => /data|entry/.test(it))).toEqual([]);
  });
});
