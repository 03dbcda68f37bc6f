/**
 * Network ACLs: a second wall around each kind of subnet, without memory, so that answers need a rule of their own. A security
 * group opened by mistake still reaches nothing that stands not here.
 */
import type { Stack } from "aws-cdk-lib";
import {
  AclCidr,
  AclTraffic,
  Action,
  type ISubnet,
  NetworkAcl,
  TrafficDirection,
  type Vpc,
} from "aws-cdk-lib/aws-ec2";
import { API_PORT, DATABASE_PORT, REDIS_PORT } from "./ports.ts";
import { accept } from "./stack.ts";

type Kind = "nat" | "entry" | "tasks" | "data";
/** A range of addresses: a kind of subnets, or the internet. */
type Place = Kind | "internet";

interface Rule {
  readonly ports: readonly [number, number];
  readonly peer: Place;
}

/** Ports that the asking side of a TCP connection answers on. */
const ANSWERS = [1024, 65_535] as const;
const HTTPS = [443, 443] as const;
const only = (port: number) => [port, port] as const;

const RULES: Readonly<
  Record<Kind, { readonly in: readonly Rule[]; readonly out: readonly Rule[] }>
> = {
  // NAT: tasks ask the internet by HTTPS; answers come back.
  nat: {
    in: [
      { ports: HTTPS, peer: "tasks" },
      { ports: ANSWERS, peer: "internet" },
    ],
    out: [
      { ports: HTTPS, peer: "internet" },
      { ports: ANSWERS, peer: "tasks" },
    ],
  },
  // Load balancer, without a route to the internet: CloudFront's own interfaces stand in these subnets.
  entry: {
    in: [
      { ports: HTTPS, peer: "internet" },
      { ports: ANSWERS, peer: "tasks" },
    ],
    out: [
      { ports: only(API_PORT), peer: "tasks" },
      { ports: ANSWERS, peer: "internet" },
    ],
  },
  tasks: {
    in: [
      { ports: only(API_PORT), peer: "entry" },
      { ports: HTTPS, peer: "tasks" }, // private endpoints stand in these subnets
      { ports: ANSWERS, peer: "internet" },
    ],
    out: [
      { ports: HTTPS, peer: "internet" },
      { ports: only(DATABASE_PORT), peer: "data" },
      { ports: only(REDIS_PORT), peer: "data" },
      { ports: ANSWERS, peer: "entry" },
      { ports: ANSWERS, peer: "tasks" },
    ],
  },
  data: {
    in: [
      { ports: only(DATABASE_PORT), peer: "tasks" },
      { ports: only(REDIS_PORT), peer: "tasks" },
      { ports: only(DATABASE_PORT), peer: "data" }, // replicas and failover
      { ports: only(REDIS_PORT), peer: "data" },
      { ports: ANSWERS, peer: "data" },
    ],
    out: [
      { ports: ANSWERS, peer: "tasks" },
      { ports: ANSWERS, peer: "data" },
    ],
  },
};

/** Gives every kind of subnet its own ACL; what no rule allows is refused. */
export function limitSubnets(stack: Stack, vpc: Vpc): void {
  for (const kind of ["nat", "entry", "tasks", "data"] as const) {
    const acl = new NetworkAcl(stack, `Acl-${kind}`, {
      vpc,
      subnetSelection: { subnetGroupName: kind },
    });
    accept(acl, {
      VPC3: "Wanted here: a second wall. The rules come from one table of twenty lines, and a test reads them back.",
    });
    addRules({ acl, vpc, rules: RULES[kind].in, direction: TrafficDirection.INGRESS });
    addRules({ acl, vpc, rules: RULES[kind].out, direction: TrafficDirection.EGRESS });
  }
}

interface Rules {
  readonly acl: NetworkAcl;
  readonly vpc: Vpc;
  readonly rules: readonly Rule[];
  readonly direction: TrafficDirection;
}

function addRules({ acl, vpc, rules, direction }: Rules): void {
  const entries = rules.flatMap(({ ports: [first, last], peer }) =>
    cidrsOf(vpc, peer).map((cidr) => ({ first, last, cidr })),
  );
  for (const [place, { first, last, cidr }] of entries.entries()) {
    const ruleNumber = 100 + place;
    acl.addEntry(`${direction === TrafficDirection.INGRESS ? "In" : "Out"}${ruleNumber}`, {
      ruleNumber,
      direction,
      cidr,
      traffic: AclTraffic.tcpPortRange(first, last),
      ruleAction: Action.ALLOW,
    });
  }
}

function cidrsOf(vpc: Vpc, peer: Place): AclCidr[] {
  if (peer === "internet") return [AclCidr.anyIpv4()];
  const { subnets } = vpc.selectSubnets({ subnetGroupName: peer });
  return subnets.map((subnet: ISubnet) => AclCidr.ipv4(subnet.ipv4CidrBlock));
}
