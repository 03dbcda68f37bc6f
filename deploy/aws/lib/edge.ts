/** What the internet sees: CloudFront with the firewall in front, reaching the load balancer inside the VPC; and the names. */
import { Duration, type Stack } from "aws-cdk-lib";
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { VpcOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import { AaaaRecord, ARecord, RecordTarget } from "aws-cdk-lib/aws-route53";
import { CloudFrontTarget } from "aws-cdk-lib/aws-route53-targets";
import type { Entry } from "./entry.ts";
import { newFirewall } from "./firewall.ts";
import type { Keys } from "./keys.ts";
import { accept, type Deployment, nameOf, output, stackOf } from "./stack.ts";
import type { Storage } from "./storage.ts";

interface Behind {
  readonly keys: Keys;
  readonly storage: Storage;
  readonly entry: Entry;
}

/** Makes firewall, distribution and records. Nothing is cached here: answers carry their own age and belong to one caller. */
export function edgeStack(deployment: Deployment, { keys, storage, entry }: Behind): Stack {
  const { environment } = deployment;
  const stack = stackOf(deployment, "edge", "CloudFront, firewall, names");
  const firewall = newFirewall({ stack, environment, logsKey: keys.logs });
  const origin = VpcOrigin.withApplicationLoadBalancer(entry.loadBalancer, {
    domainName: environment.domainName, // the name in the certificate
    vpcOriginName: nameOf(environment),
    protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
    httpsPort: 443,
    readTimeout: Duration.seconds(60),
    keepaliveTimeout: Duration.seconds(60),
  });
  const distribution = new Distribution(stack, "Distribution", {
    comment: nameOf(environment),
    domainNames: [environment.domainName],
    certificate: entry.certificate,
    minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    httpVersion: HttpVersion.HTTP2_AND_3,
    priceClass: PriceClass.PRICE_CLASS_100,
    webAclId: firewall.attrArn,
    enableLogging: true,
    logBucket: storage.accessLogs,
    logFilePrefix: "cloudfront/",
    defaultBehavior: {
      origin,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER,
      responseHeadersPolicy: ResponseHeadersPolicy.SECURITY_HEADERS,
    },
  });
  accept(distribution, {
    CFR1: "Warehouses and suppliers are in many countries; callers are told apart by token, not by place.",
  });
  const target = RecordTarget.fromAlias(new CloudFrontTarget(distribution));
  const record = { zone: entry.zone, recordName: `${environment.domainName}.`, target };
  new ARecord(stack, "A", record);
  new AaaaRecord(stack, "Aaaa", record);
  output(stack, "Url", `https://${environment.domainName}`);
  return stack;
}
