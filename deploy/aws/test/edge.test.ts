// What the internet meets: CloudFront, firewall, load balancer; and how images and deployments get in.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { environments } from "../../environments/environments.ts";
import { COUNTS } from "../../environments/estimateCost.ts";
import { ENVIRONMENTS, resources, template, templateOf } from "./synthesised.ts";

describe("CloudFront", () => {
  test.each(ENVIRONMENTS)(
    "of %s speaks HTTPS only, behind the firewall, and reaches inside the VPC",
    (name) => {
      const edge = template(name, "edge");
      edge.hasResourceProperties("AWS::CloudFront::Distribution", {
        DistributionConfig: Match.objectLike({
          Aliases: [environments[name].domainName],
          WebACLId: Match.anyValue(),
          Logging: Match.objectLike({ Prefix: "cloudfront/" }),
          ViewerCertificate: Match.objectLike({ MinimumProtocolVersion: "TLSv1.2_2021" }),
          DefaultCacheBehavior: Match.objectLike({ ViewerProtocolPolicy: "https-only" }),
          Origins: [Match.objectLike({ VpcOriginConfig: Match.anyValue() })],
        }),
      });
      edge.hasResourceProperties("AWS::CloudFront::VpcOrigin", {
        VpcOriginEndpointConfig: Match.objectLike({ OriginProtocolPolicy: "https-only" }),
      });
    },
  );

  test("has names for both families of addresses", () => {
    const types = resources("production", "edge", "AWS::Route53::RecordSet").map(
      (it) => it.Properties["Type"],
    );
    expect(new Set(types)).toEqual(new Set(["A", "AAAA"]));
  });
});

describe("the firewall", () => {
  const rules = z.array(
    z.object({ Name: z.string(), Priority: z.number(), Statement: z.unknown() }),
  );

  test.each(ENVIRONMENTS)("of %s limits each address, then asks AWS' managed rules", (name) => {
    const [firewall] = resources(name, "edge", "AWS::WAFv2::WebACL");
    expect(firewall?.Properties["Scope"]).toBe("CLOUDFRONT");
    const found = rules.parse(firewall?.Properties["Rules"]);
    expect(found.map((it) => it.Name)).toEqual([
      "rate",
      "AWSManagedRulesAmazonIpReputationList",
      "AWSManagedRulesCommonRuleSet",
      "AWSManagedRulesKnownBadInputsRuleSet",
      "AWSManagedRulesSQLiRuleSet",
    ]);
    expect(found).toHaveLength(COUNTS.firewallRules);
    expect(JSON.stringify(found[0]?.Statement)).toContain(
      `"Limit":${environments[name].firewallRequestsPer5Minutes}`,
    );
  });

  test("stands in us-east-1, where CloudFront looks for it", () => {
    expect(ENVIRONMENTS.map((name) => environments[name].region)).toEqual(
      Array(3).fill("us-east-1"),
    );
  });

  test("writes no token into its log", () => {
    template("production", "edge").hasResourceProperties("AWS::WAFv2::LoggingConfiguration", {
      RedactedFields: [
        { SingleHeader: { Name: "authorization" } },
        { SingleHeader: { Name: "cookie" } },
      ],
    });
  });
});

describe("the load balancer", () => {
  test.each(ENVIRONMENTS)("of %s is inside, has TLS 1.2 and 1.3 only, and logs", (name) => {
    const entry = template(name, "entry");
    entry.hasResourceProperties("AWS::ElasticLoadBalancingV2::LoadBalancer", {
      Scheme: "internal",
      LoadBalancerAttributes: Match.arrayWith([
        { Key: "routing.http.drop_invalid_header_fields.enabled", Value: "true" },
        { Key: "access_logs.s3.enabled", Value: "true" },
      ]),
    });
    entry.resourceCountIs("AWS::ElasticLoadBalancingV2::Listener", 2);
    entry.allResourcesProperties("AWS::ElasticLoadBalancingV2::Listener", {
      Protocol: "HTTPS",
      SslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    });
  });

  test("asks tasks whether they serve, and nothing about their backends", () => {
    template("production", "entry").allResourcesProperties(
      "AWS::ElasticLoadBalancingV2::TargetGroup",
      {
        HealthCheckPath: "/healthz",
        Matcher: { HttpCode: "200" },
        Port: 3001,
        TargetType: "ip",
      },
    );
  });
});

describe("delivery", () => {
  const delivery = templateOf("stockline-delivery");

  test("keeps images that can't be overwritten, and scans each", () => {
    delivery.hasResourceProperties("AWS::ECR::Repository", {
      ImageTagMutability: "IMMUTABLE",
      ImageScanningConfiguration: { ScanOnPush: true },
      EncryptionConfiguration: Match.objectLike({ EncryptionType: "KMS" }),
    });
    delivery.hasResourceProperties("AWS::KMS::Key", {
      KeyUsage: "SIGN_VERIFY",
      KeySpec: "ECC_NIST_P256",
    });
  });

  test("lets GitLab in without a key of its own, production from tags only", () => {
    const trust = (name: (typeof ENVIRONMENTS)[number]) =>
      JSON.stringify(
        resources(name, "services", "AWS::IAM::Role").find(
          (it) => it.Properties["RoleName"] === `stockline-${name}-deploy`,
        )?.Properties["AssumeRolePolicyDocument"],
      );
    expect(trust("production")).toContain("ref_type:tag:ref:v*");
    expect(trust("production")).not.toContain("ref_type:branch");
    expect(trust("staging")).toContain("ref_type:branch:ref:main");
  });

  const deployPolicies = () =>
    JSON.stringify(
      Object.entries(template("production", "services").findResources("AWS::IAM::Policy")).filter(
        ([id]) => id.startsWith("Deploy"),
      ),
    );

  test("lets the deploying role do everything that the script of delivery asks of AWS", () => {
    const script = readFileSync(join(import.meta.dirname, "../../ci.sh"), "utf8");
    const asked = [...script.matchAll(/\baws (ecr|ecs|deploy|cloudwatch|ssm) ([a-z-]+)/g)].map(
      ([, service, operation = ""]) => {
        const action = operation
          .replace("get-login-password", "get-authorization-token")
          .replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
        return `${service === "deploy" ? "codedeploy" : service}:${action}`;
      },
    );
    expect(asked).toContain("codedeploy:GetDeploymentTarget");
    const policies = deployPolicies();
    expect(asked.filter((it) => !policies.includes(`"${it}"`))).toEqual([]);
  });

  test("gives the deploying role no way to push images or read secrets", () => {
    const policies = deployPolicies();
    expect(policies).toContain("ecs:RunTask");
    expect(policies).not.toMatch(/ecr:PutImage|secretsmanager:|iam:\*/);
  });
});
