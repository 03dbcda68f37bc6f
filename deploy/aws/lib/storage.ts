/** S3 buckets: the product's files, the ledger's anchors that nobody can delete, access logs. And the audit trail over them. */
import { Aws, Duration, type Stack } from "aws-cdk-lib";
import { Trail } from "aws-cdk-lib/aws-cloudtrail";
import { type IRole, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Key } from "aws-cdk-lib/aws-kms";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type LifecycleRule,
  ObjectLockRetention,
  ObjectOwnership,
  StorageClass,
} from "aws-cdk-lib/aws-s3";
import type { Environment } from "../../environments/environments.ts";
import type { Keys } from "./keys.ts";
import { logDaysOf } from "./logDays.ts";
import { accept, type Deployment, nameOf, removalPolicyOf, stackOf } from "./stack.ts";

/** S3_BUCKET of the processes; with the account's number, since names are the whole world's. */
export function filesBucketName(environment: Environment): string {
  return `${nameOf(environment, "files")}-${Aws.ACCOUNT_ID}`;
}

/** What a process may do with the bucket: read, write and remove objects, and list them. No versions, no settings. */
export function allowFiles(role: IRole, environment: Environment, key: Key): void {
  const bucket = `arn:${Aws.PARTITION}:s3:::${filesBucketName(environment)}`;
  const objects = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
  ];
  const whole = ["s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"];
  role.addToPrincipalPolicy(new PolicyStatement({ actions: objects, resources: [`${bucket}/*`] }));
  role.addToPrincipalPolicy(new PolicyStatement({ actions: whole, resources: [bucket] }));
  role.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [key.keyArn],
    }),
  );
  const finding = `Resource::arn:<AWS::Partition>:s3:::${nameOf(environment, "files")}-<AWS::AccountId>/*`;
  accept(role, { [`IAM5[${finding}]`]: "The objects of the one bucket that is the product's." });
}

/** Where verification puts the ledger's anchors (pipelines/verify). */
export const ANCHOR_PREFIX = "ledger-anchors/";

export interface Storage {
  readonly stack: Stack;
  /** S3_BUCKET of the processes. */
  readonly files: Bucket;
  readonly anchors: Bucket;
  readonly accessLogs: Bucket;
}

/** Makes the buckets and the trail: encrypted, TLS only, never public. */
export function storageStack(deployment: Deployment, keys: Keys): Storage {
  const { environment } = deployment;
  const stack = stackOf(deployment, "storage", "buckets, audit trail");
  const accessLogs = newAccessLogs(deployment, stack);
  const common = {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    encryption: BucketEncryption.KMS,
    encryptionKey: keys.data,
    bucketKeyEnabled: true,
    versioned: true,
    serverAccessLogsBucket: accessLogs,
    removalPolicy: removalPolicyOf(environment),
  };
  const anchors = new Bucket(stack, "Anchors", {
    ...common,
    serverAccessLogsPrefix: "anchors/",
    objectLockEnabled: true,
    objectLockDefaultRetention: anchorRetention(environment.anchorLockYears),
  });
  const files = new Bucket(stack, "Files", {
    ...common,
    bucketName: filesBucketName(environment),
    serverAccessLogsPrefix: "files/",
    lifecycleRules: FILE_LIFECYCLE,
    // Each anchor is copied at once to where it can't be changed; replicas take that bucket's retention.
    replicationRules: [
      {
        destination: anchors,
        id: "anchors",
        priority: 1,
        kmsKey: keys.data,
        sseKmsEncryptedObjects: true,
        filter: { prefix: ANCHOR_PREFIX },
        deleteMarkerReplication: false,
      },
    ],
  });
  acceptReplication(files);
  auditTrail({ deployment, stack, keys, accessLogs, watched: [files, anchors] });
  return { stack, files, anchors, accessLogs };
}

function anchorRetention(years: number): ObjectLockRetention {
  return years === 0
    ? ObjectLockRetention.governance(Duration.days(1))
    : ObjectLockRetention.compliance(Duration.days(years * 365));
}

/**
 * Files of imports and reports, and files that nothing knows, are cleared by the product's own job (IMPORT_FILES_DAYS, REPORT_FILES_DAYS);
 * error files stay. So no object expires here: this is for unfinished uploads and old versions, and puts reports where keeping them costs less.
 */
const FILE_LIFECYCLE: LifecycleRule[] = [
  {
    id: "unfinished-uploads",
    abortIncompleteMultipartUploadAfter: Duration.days(2),
    noncurrentVersionExpiration: Duration.days(30),
    expiredObjectDeleteMarker: true,
  },
  {
    id: "reports",
    prefix: "reports/",
    transitions: [
      { storageClass: StorageClass.INFREQUENT_ACCESS, transitionAfter: Duration.days(30) },
      { storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(180) },
    ],
  },
];

function newAccessLogs({ environment }: Deployment, stack: Stack): Bucket {
  const bucket = new Bucket(stack, "AccessLogs", {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    encryption: BucketEncryption.S3_MANAGED, // load balancers and S3 write no logs under a customer's key
    versioned: true,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED, // CloudFront delivers by access list
    removalPolicy: removalPolicyOf(environment),
    lifecycleRules: [
      {
        id: "old-logs",
        expiration: Duration.days(environment.logDays),
        noncurrentVersionExpiration: Duration.days(7),
        abortIncompleteMultipartUploadAfter: Duration.days(2),
      },
    ],
  });
  accept(bucket, { S1: "This bucket takes the access logs; logging itself would never end." });
  return bucket;
}

function acceptReplication(files: Bucket): void {
  const reason =
    "S3's replication role, made by CDK: reads objects of this bucket, writes them to the anchors' bucket, no other.";
  const resources = ["<Files8E6940B8.Arn>/*", "<AnchorsE78985FD.Arn>/*"].map(
    (it) => `Resource::${it}`,
  );
  const actions = ["kms:ReEncrypt*", "kms:GenerateDataKey*"].map((it) => `Action::${it}`);
  accept(
    files,
    Object.fromEntries([...resources, ...actions].map((finding) => [`IAM5[${finding}]`, reason])),
  );
}

interface Audit {
  readonly deployment: Deployment;
  readonly stack: Stack;
  readonly keys: Keys;
  readonly accessLogs: Bucket;
  readonly watched: readonly Bucket[];
}

/** Every call to AWS, and every object read or written in our buckets; digests are signed, files can't be deleted for a year. */
function auditTrail({ deployment, stack, keys, accessLogs, watched }: Audit): void {
  const { environment } = deployment;
  const bucket = new Bucket(stack, "Trail", {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    encryption: BucketEncryption.KMS,
    encryptionKey: keys.logs,
    bucketKeyEnabled: true,
    versioned: true,
    objectLockEnabled: true,
    objectLockDefaultRetention: ObjectLockRetention.governance(
      Duration.days(environment.deletionProtection ? 365 : 1),
    ),
    serverAccessLogsBucket: accessLogs,
    serverAccessLogsPrefix: "trail/",
    removalPolicy: removalPolicyOf(environment),
    lifecycleRules: [
      {
        id: "old-trail",
        transitions: [
          {
            storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL,
            transitionAfter: Duration.days(90),
          },
        ],
        expiration: Duration.days(7 * 365),
        abortIncompleteMultipartUploadAfter: Duration.days(2),
      },
    ],
  });
  const trail = new Trail(stack, "AuditTrail", {
    trailName: nameOf(environment),
    bucket,
    encryptionKey: keys.logs,
    enableFileValidation: true,
    includeGlobalServiceEvents: true,
    isMultiRegionTrail: true,
    sendToCloudWatchLogs: true,
    cloudWatchLogGroup: new LogGroup(stack, "TrailLogs", {
      logGroupName: `/stockline/${environment.name}/trail`,
      retention: logDaysOf(environment),
      encryptionKey: keys.logs,
      removalPolicy: removalPolicyOf(environment),
    }),
  });
  trail.addS3EventSelector(watched.map((it) => ({ bucket: it })));
}
