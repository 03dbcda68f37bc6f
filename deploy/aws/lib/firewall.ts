/** The web firewall: a rate limit by address and AWS' managed rules, logged without tokens. */
import type { Stack } from "aws-cdk-lib";
import type { Key } from "aws-cdk-lib/aws-kms";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { CfnLoggingConfiguration, CfnWebACL } from "aws-cdk-lib/aws-wafv2";
import type { Environment } from "../../environments/environments.ts";
import { logDaysOf } from "./logDays.ts";
import { nameOf, removalPolicyOf } from "./stack.ts";

interface NewFirewall {
  readonly stack: Stack;
  readonly environment: Environment;
  readonly logsKey: Key;
}

/** AWS' rule groups, and the rules in them that only count, each with its reason. */
const MANAGED: readonly { readonly name: string; readonly countOnly: readonly string[] }[] = [
  { name: "AWSManagedRulesAmazonIpReputationList", countOnly: [] },
  {
    name: "AWSManagedRulesCommonRuleSet",
    // Imports are files of any size; a notes field may hold what looks like markup. The API checks bodies itself.
    countOnly: ["SizeRestrictions_BODY", "CrossSiteScripting_BODY"],
  },
  { name: "AWSManagedRulesKnownBadInputsRuleSet", countOnly: [] },
  // "select" is a word in descriptions of goods; statements are parameterised everywhere.
  { name: "AWSManagedRulesSQLiRuleSet", countOnly: ["SQLi_BODY"] },
];

/** Makes the access list, for CloudFront (so in us-east-1), with its log. */
export function newFirewall({ stack, environment, logsKey }: NewFirewall): CfnWebACL {
  const shown = (metricName: string) => ({
    cloudWatchMetricsEnabled: true,
    metricName,
    sampledRequestsEnabled: true,
  });
  const firewall = new CfnWebACL(stack, "Firewall", {
    name: nameOf(environment),
    description: "Rate by address, and AWS managed rules",
    scope: "CLOUDFRONT",
    defaultAction: { allow: {} },
    visibilityConfig: shown(nameOf(environment)),
    rules: [
      {
        name: "rate",
        priority: 0,
        action: { block: { customResponse: { responseCode: 429 } } },
        statement: {
          rateBasedStatement: {
            aggregateKeyType: "IP",
            evaluationWindowSec: 300,
            limit: environment.firewallRequestsPer5Minutes,
          },
        },
        visibilityConfig: shown("rate"),
      },
      ...MANAGED.map(({ name, countOnly }, place) => ({
        name,
        priority: place + 1,
        overrideAction: { none: {} },
        statement: {
          managedRuleGroupStatement: {
            vendorName: "AWS",
            name,
            ruleActionOverrides: countOnly.map((rule) => ({
              name: rule,
              actionToUse: { count: {} },
            })),
          },
        },
        visibilityConfig: shown(name),
      })),
    ],
  });
  // WAF writes only to log groups whose names begin so.
  const logs = new LogGroup(stack, "FirewallLogs", {
    logGroupName: `aws-waf-logs-${nameOf(environment)}`,
    retention: logDaysOf(environment),
    encryptionKey: logsKey,
    removalPolicy: removalPolicyOf(environment),
  });
  new CfnLoggingConfiguration(stack, "FirewallLogging", {
    resourceArn: firewall.attrArn,
    logDestinationConfigs: [logs.logGroupArn],
    redactedFields: [
      { singleHeader: { Name: "authorization" } },
      { singleHeader: { Name: "cookie" } },
    ],
  });
  return firewall;
}
