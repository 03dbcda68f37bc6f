/**
 * What all environments share: the image registry, the key that signs images, and GitLab's way in. An image is built once, signed
 * once, and promoted by its digest; no environment has a registry of its own.
 */
import { type App, Duration, RemovalPolicy, Stack, Tags } from "aws-cdk-lib";
import { Repository, RepositoryEncryption, TagMutability, TagStatus } from "aws-cdk-lib/aws-ecr";
import {
  CfnOIDCProvider,
  type IRole,
  PolicyStatement,
  Role,
  WebIdentityPrincipal,
} from "aws-cdk-lib/aws-iam";
import { Key, KeySpec, KeyUsage } from "aws-cdk-lib/aws-kms";
import { environments } from "../../environments/environments.ts";
import { accept, output } from "./stack.ts";

/** Whose pipelines may build and deploy. */
const GITLAB_HOST = "gitlab.com";
const GITLAB_PROJECT = "stockline/stockline";

export interface Delivery {
  readonly stack: Stack;
  readonly repository: Repository;
  readonly signingKey: Key;
  readonly gitlabArn: string;
}

/** Makes registry, signing key, identity provider and the role that may push and sign. */
export function deliveryStack(app: App): Delivery {
  const stack = new Stack(app, "stockline-delivery", {
    description: "Stockline: image registry, signing key, GitLab's identity",
    env: { region: environments.production.region },
    terminationProtection: true,
  });
  Tags.of(stack).add("application", "stockline");
  const repository = new Repository(stack, "Images", {
    repositoryName: "stockline",
    imageScanOnPush: true,
    imageTagMutability: TagMutability.IMMUTABLE,
    encryption: RepositoryEncryption.KMS,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [
      {
        description: "layers of builds that were pushed again",
        tagStatus: TagStatus.UNTAGGED,
        maxImageAge: Duration.days(30),
      },
    ],
  });
  const signingKey = new Key(stack, "SigningKey", {
    alias: "stockline-image-signing",
    description: "Signs images of Stockline (cosign, awskms:///alias/stockline-image-signing)",
    keySpec: KeySpec.ECC_NIST_P256,
    keyUsage: KeyUsage.SIGN_VERIFY,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const gitlab = new CfnOIDCProvider(stack, "GitLab", {
    url: `https://${GITLAB_HOST}`,
    clientIdList: ["sts.amazonaws.com"],
  });
  const build = new Role(stack, "Build", {
    roleName: "stockline-build",
    description: "GitLab jobs of protected branches and tags: push and sign images, nothing else",
    assumedBy: gitlabJobs(gitlab.attrArn, ["ref_type:branch:ref:main", "ref_type:tag:ref:v*"]),
    maxSessionDuration: Duration.hours(1),
  });
  repository.grantPullPush(build);
  build.addToPolicy(
    new PolicyStatement({
      actions: ["ecr:DescribeImageScanFindings", "ecr:DescribeImages"],
      resources: [repository.repositoryArn],
    }),
  );
  signingKey.grant(build, "kms:Sign", "kms:Verify", "kms:GetPublicKey", "kms:DescribeKey");
  accept(build, { "IAM5[Resource::*]": "ecr:GetAuthorizationToken knows no resource." });
  output(stack, "RepositoryUri", repository.repositoryUri);
  output(stack, "BuildRoleArn", build.roleArn);
  return { stack, repository, signingKey, gitlabArn: gitlab.attrArn };
}

/** GitLab jobs of our project, of these refs or this environment only. */
export function gitlabJobs(providerArn: string, subjects: readonly string[]): WebIdentityPrincipal {
  return new WebIdentityPrincipal(providerArn, {
    StringEquals: { [`${GITLAB_HOST}:aud`]: "sts.amazonaws.com" },
    StringLike: {
      [`${GITLAB_HOST}:sub`]: subjects.map((it) => `project_path:${GITLAB_PROJECT}:${it}`),
    },
  });
}

/** Lets a deploying role check signatures and read digests; it can't push. */
export function allowRelease({ repository, signingKey }: Delivery, role: IRole): void {
  repository.grantPull(role);
  repository.grant(role, "ecr:DescribeImages", "ecr:DescribeImageScanFindings");
  signingKey.grant(role, "kms:Verify", "kms:GetPublicKey", "kms:DescribeKey");
}
