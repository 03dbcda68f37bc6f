/**
 * Where requests come in: an internal load balancer with TLS that only CloudFront reaches, two target groups for blue/green, and
 * the cluster in which the tasks run.
 */
import { Duration, type Stack } from "aws-cdk-lib";
import { Certificate, CertificateValidation } from "aws-cdk-lib/aws-certificatemanager";
import { Cluster, ContainerInsights } from "aws-cdk-lib/aws-ecs";
import {
  type ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  DesyncMitigationMode,
  SslPolicy,
  TargetType,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { HostedZone, type IHostedZone } from "aws-cdk-lib/aws-route53";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import type { Network } from "./network.ts";
import { API_PORT, TEST_LISTENER_PORT } from "./ports.ts";
import { type Deployment, nameOf, stackOf } from "./stack.ts";
import type { Storage } from "./storage.ts";

export interface Entry {
  readonly stack: Stack;
  readonly cluster: Cluster;
  readonly zone: IHostedZone;
  /** Used by the load balancer and, being in us-east-1, by CloudFront too. */
  readonly certificate: Certificate;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly blue: ApplicationTargetGroup;
  readonly green: ApplicationTargetGroup;
  readonly listener: ApplicationListener;
  readonly testListener: ApplicationListener;
}

/** Makes cluster, certificate and load balancer. */
export function entryStack(deployment: Deployment, network: Network, storage: Storage): Entry {
  const { environment } = deployment;
  const stack = stackOf(deployment, "entry", "cluster, load balancer, certificate");
  const cluster = new Cluster(stack, "Cluster", {
    clusterName: nameOf(environment),
    vpc: network.vpc,
    containerInsightsV2: ContainerInsights.ENABLED,
  });
  const zone = HostedZone.fromHostedZoneAttributes(stack, "Zone", {
    zoneName: environment.zoneName,
    hostedZoneId: StringParameter.valueForStringParameter(stack, "/stockline/hosted-zone-id"),
  });
  const certificate = new Certificate(stack, "Certificate", {
    domainName: environment.domainName,
    validation: CertificateValidation.fromDns(zone),
  });
  const loadBalancer = new ApplicationLoadBalancer(stack, "LoadBalancer", {
    loadBalancerName: nameOf(environment),
    vpc: network.vpc,
    vpcSubnets: { subnetGroupName: "entry" },
    securityGroup: network.groups.loadBalancer,
    internetFacing: false,
    deletionProtection: environment.deletionProtection,
    dropInvalidHeaderFields: true,
    desyncMitigationMode: DesyncMitigationMode.STRICTEST,
    idleTimeout: Duration.seconds(120), // event streams send a sign of life each 15 s
    http2Enabled: true,
  });
  loadBalancer.logAccessLogs(storage.accessLogs, "load-balancer");
  const blue = newTargetGroup(deployment, { stack, network, colour: "blue" });
  const green = newTargetGroup(deployment, { stack, network, colour: "green" });
  const listenerOf = (id: string, port: number, targets: ApplicationTargetGroup) =>
    loadBalancer.addListener(id, {
      port,
      protocol: ApplicationProtocol.HTTPS,
      certificates: [certificate],
      sslPolicy: SslPolicy.TLS13_RES,
      defaultTargetGroups: [targets],
      open: false, // who may connect stands in network.ts
    });
  const listener = listenerOf("Listener", 443, blue);
  // Starts with green: a group that no listener names belongs to no load balancer, and nothing could watch it.
  const testListener = listenerOf("TestListener", TEST_LISTENER_PORT, green);
  return { stack, cluster, zone, certificate, loadBalancer, blue, green, listener, testListener };
}

interface TargetGroup {
  readonly stack: Stack;
  readonly network: Network;
  readonly colour: "blue" | "green";
}

function newTargetGroup({ environment }: Deployment, { stack, network, colour }: TargetGroup) {
  return new ApplicationTargetGroup(stack, colour, {
    targetGroupName: nameOf(environment, colour),
    vpc: network.vpc,
    port: API_PORT,
    protocol: ApplicationProtocol.HTTP,
    targetType: TargetType.IP,
    // Longer than a request may take. ECS takes a task out here before it sends SIGTERM.
    deregistrationDelay: Duration.seconds(40),
    healthCheck: {
      // Not /readyz: ECS replaces tasks that fail this, and while a backend is away all would be replaced again and again.
      path: "/healthz",
      healthyHttpCodes: "200",
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 3,
    },
  });
}
