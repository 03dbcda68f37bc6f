/**
 * The VPC: four kinds of subnets in each zone, and who may open a connection to whom. Tasks have no public address; clients come
 * only through CloudFront; the database and Redis have no way out at all.
 */
import { type Stack, Tags } from "aws-cdk-lib";
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  type IPeer,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { ServiceName } from "../../environments/environments.ts";
import type { Keys } from "./keys.ts";
import { logDaysOf } from "./logDays.ts";
import { limitSubnets } from "./networkAcls.ts";
import { API_PORT, DATABASE_PORT, REDIS_PORT } from "./ports.ts";
import { type Deployment, nameOf, removalPolicyOf, stackOf } from "./stack.ts";

/** AWS' list of the addresses from which CloudFront reaches origins (`aws ec2 describe-managed-prefix-lists`), in us-east-1. */
const CLOUDFRONT_PREFIX_LIST = "pl-3b927c52";

/** Everything that opens connections, and what it opens them to. */
type Client = ServiceName | "migrate" | "functions" | "eventProcessor";

export interface Network {
  readonly stack: Stack;
  readonly vpc: Vpc;
  readonly groups: Readonly<
    Record<Client | "loadBalancer" | "database" | "redis" | "endpoints", SecurityGroup>
  >;
}

/** Makes the VPC with its subnets, network ACLs, security groups, endpoints and flow log. */
export function networkStack(deployment: Deployment, keys: Keys): Network {
  const { environment } = deployment;
  const stack = stackOf(deployment, "network", "VPC, security groups, network ACLs");
  const vpc = new Vpc(stack, "Vpc", {
    vpcName: nameOf(environment),
    ipAddresses: IpAddresses.cidr(environment.vpcCidr),
    availabilityZones: [...environment.availabilityZones],
    natGateways: environment.natGateways,
    restrictDefaultSecurityGroup: false, // needs a function of its own; nothing uses the group, and a test holds that
    subnetConfiguration: [
      // The ways out only; nothing of ours has an address here.
      { name: "nat", subnetType: SubnetType.PUBLIC, cidrMask: 26, mapPublicIpOnLaunch: false },
      { name: "entry", subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 26 },
      { name: "tasks", subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 21 },
      { name: "data", subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 25 },
    ],
  });
  vpc.addFlowLog("FlowLog", {
    trafficType: FlowLogTrafficType.ALL,
    destination: FlowLogDestination.toCloudWatchLogs(
      new LogGroup(stack, "FlowLogs", {
        logGroupName: `/stockline/${environment.name}/flow`,
        retention: logDaysOf(environment),
        encryptionKey: keys.logs,
        removalPolicy: removalPolicyOf(environment),
      }),
    ),
  });
  limitSubnets(stack, vpc);
  const groups = securityGroups(stack, vpc);
  addEndpoints({ vpc, group: groups.endpoints, isPrivate: environment.privateEndpoints });
  return { stack, vpc, groups };
}

function securityGroups(stack: Stack, vpc: Vpc): Network["groups"] {
  const group = (name: string, description: string) => {
    const made = new SecurityGroup(stack, name, { vpc, description, allowAllOutbound: false });
    Tags.of(made).add("Name", name);
    return made;
  };
  const loadBalancer = group("LoadBalancer", "Load balancer: from CloudFront, to the API");
  const clients = {
    api: group("Api", "API tasks"),
    workers: group("Workers", "Worker tasks"),
    jobs: group("Jobs", "Job scheduler tasks"),
    migrate: group("Migrate", "Migration task"),
    functions: group("Functions", "Functions that set up the database and rotate secrets"),
    eventProcessor: group("EventProcessor", "Event processor: to the partner services"),
  };
  const database = group("Database", "PostgreSQL and its replicas");
  const redis = group("Redis", "Queue Redis and cache Redis");
  const endpoints = group("Endpoints", "AWS services inside the VPC");

  loadBalancer.addIngressRule(Peer.prefixList(CLOUDFRONT_PREFIX_LIST), Port.tcp(443), "CloudFront");
  connect({ from: loadBalancer, to: clients.api, port: API_PORT, what: "requests" });
  for (const [name, client] of Object.entries(clients)) {
    client.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "AWS services, token issuer, webhooks");
    endpoints.addIngressRule(client, Port.tcp(443), name);
    if (name === "eventProcessor") continue;
    connect({ from: client, to: database, port: DATABASE_PORT, what: name });
    if (name === "migrate" || name === "functions") continue;
    connect({ from: client, to: redis, port: REDIS_PORT, what: name });
  }
  return { ...clients, loadBalancer, database, redis, endpoints };
}

interface Connection {
  readonly from: SecurityGroup;
  readonly to: SecurityGroup;
  readonly port: number;
  readonly what: string;
}

/** Opens one port from one group to another, on both sides. */
function connect({ from, to, port, what }: Connection): void {
  const peers: readonly [IPeer, IPeer] = [from, to];
  to.addIngressRule(peers[0], Port.tcp(port), what);
  from.addEgressRule(peers[1], Port.tcp(port), what);
}

const PRIVATE_SERVICES = {
  EcrApi: InterfaceVpcEndpointAwsService.ECR,
  EcrDocker: InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  Secrets: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  Kms: InterfaceVpcEndpointAwsService.KMS,
  Kinesis: InterfaceVpcEndpointAwsService.KINESIS_STREAMS,
  Sqs: InterfaceVpcEndpointAwsService.SQS,
} as const;
/** How many interface endpoints an environment with private endpoints has in each zone; the cost estimate counts them. */
export const PRIVATE_ENDPOINTS = Object.keys(PRIVATE_SERVICES).length;

interface Endpoints {
  readonly vpc: Vpc;
  readonly group: SecurityGroup;
  readonly isPrivate: boolean;
}

/** S3 by a gateway everywhere (it costs nothing); the others where traffic to AWS stays inside the VPC. */
function addEndpoints({ vpc, group, isPrivate }: Endpoints): void {
  const tasks = { subnetGroupName: "tasks" };
  vpc.addGatewayEndpoint("S3", { service: GatewayVpcEndpointAwsService.S3, subnets: [tasks] });
  if (!isPrivate) return;
  for (const [name, service] of Object.entries(PRIVATE_SERVICES)) {
    vpc.addInterfaceEndpoint(name, {
      service,
      subnets: tasks,
      privateDnsEnabled: true,
      securityGroups: [group],
      open: false, // who may ask stands above
    });
  }
}
