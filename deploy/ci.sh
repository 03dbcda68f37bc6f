#!/usr/bin/env bash
# Every job of .gitlab-ci.yml, here as there: `bash deploy/ci.sh <job> [environment]`; without a job it lists them.
# A job that needs Docker, cosign or AWS says so and ends with 69 before it has done anything.
#
#   lint | test | scan | synth        need Node and npm
#   image                             Docker with buildx and AWS (push); prints the digest
#   sign | verify                     cosign, AWS (KMS)
#   migrate <environment>             AWS; runs before deploy, schema only grows
#   deploy <environment>              AWS; api by CodeDeploy blue/green, workers and jobs by ECS
#   watch <environment>               AWS; waits until no alarm that undoes deployments rings
#   release <environment>             verify, migrate, deploy, watch
#
# Variables: AWS_REGION, ECR_REGISTRY, IMAGE_TAG (a commit or tag; in CI the commit), and what GitLab sets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly REPOSITORY=stockline
readonly SIGNING_KEY=awskms:///alias/stockline-image-signing
readonly UNAVAILABLE=69 USAGE=64
readonly WATCH_MINUTES="${WATCH_MINUTES:-10}" POLL_SECONDS="${POLL_SECONDS:-15}"

job="${1:-}"
environment="${2:-}"

say() { printf '%s\n' "$*" >&2; }

need() { # need <program> <what for>
  command -v "$1" >/dev/null 2>&1 && return
  say "job $job needs $1 ($2), which is not on PATH; nothing was done"
  exit "$UNAVAILABLE"
}

need_variable() { # need_variable <name> <what it is>
  [ -n "${!1:-}" ] && return
  say "job $job needs the variable $1 ($2), which is not set; nothing was done"
  exit "$UNAVAILABLE"
}

need_aws() {
  need aws "the AWS command line"
  need_variable AWS_REGION "region of registry and clusters"
}

need_environment() {
  case "$environment" in
    development | staging | production) ;;
    *)
      say "job $job: environment is \"$environment\"; expected development, staging or production"
      exit "$USAGE"
      ;;
  esac
}

need_image() {
  need_variable ECR_REGISTRY "<account>.dkr.ecr.<region>.amazonaws.com"
  tag="${IMAGE_TAG:-${CI_COMMIT_SHA:-}}"
  if [ -z "$tag" ]; then
    say "job $job needs IMAGE_TAG (the commit whose image is meant), which is not set; nothing was done"
    exit "$UNAVAILABLE"
  fi
  image="$ECR_REGISTRY/$REPOSITORY:$tag"
}

image_digest() { # the digest of $tag; what is verified and deployed is this, never a name that could move
  aws ecr describe-images --repository-name "$REPOSITORY" --image-ids "imageTag=$tag" \
    --query 'imageDetails[0].imageDigest' --output text
}

# --- on any machine ---------------------------------------------------------------------------------
job_lint() { npm run lint; }

job_test() { npm run test:infra && npm test; }

job_synth() { npm run synth; }

# Known holes in production packages, licences and install scripts; each image is scanned by ECR as well (job sign waits for it).
job_scan() {
  npm audit --omit=dev --audit-level=high
  npm test -- test/supplyChain.test.ts test/packaging.test.ts
}

# --- the image --------------------------------------------------------------------------------------
job_image() {
  need docker "an engine with buildx"
  if ! docker info >/dev/null 2>&1; then
    say "job $job needs Docker's engine, which does not answer; nothing was done"
    exit "$UNAVAILABLE"
  fi
  need_aws
  need_image
  aws ecr get-login-password | docker login --username AWS --password-stdin "$ECR_REGISTRY"
  if [ "$(image_digest 2>/dev/null || true)" != "" ]; then
    say "image $tag is in the registry already; it is built once"
    return
  fi
  local cache=()
  if [ -n "${CI_REGISTRY_IMAGE:-}" ]; then # tags in ECR can't be moved, so the cache lies in GitLab's registry
    docker login --username "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" <<<"$CI_REGISTRY_PASSWORD"
    cache=(--cache-from "type=registry,ref=$CI_REGISTRY_IMAGE/cache"
      --cache-to "type=registry,ref=$CI_REGISTRY_IMAGE/cache,mode=max")
  fi
  docker buildx build --pull --platform linux/amd64 \
    --build-arg VERSION="${CI_COMMIT_TAG:-$tag}" \
    --build-arg REVISION="$tag" \
    --build-arg CREATED="${CI_COMMIT_TIMESTAMP:-$(date -u +%Y-%m-%dT%H:%M:%SZ)}" \
    --provenance=mode=max --sbom=true ${cache[@]+"${cache[@]}"} \
    --tag "$image" --push .
  image_digest
}

# Signs what ECR found no critical hole in.
job_sign() {
  need cosign "signing images"
  need_aws
  need_image
  aws ecr wait image-scan-complete --repository-name "$REPOSITORY" --image-id "imageTag=$tag"
  local critical
  critical="$(aws ecr describe-image-scan-findings --repository-name "$REPOSITORY" --image-id "imageTag=$tag" \
    --query 'imageScanFindings.findingSeverityCounts.CRITICAL' --output text)"
  case "$critical" in
    None | 0) ;;
    *)
      say "image $tag has $critical critical findings in ECR's scan, expected none; it is not signed"
      exit 1
      ;;
  esac
  cosign sign --yes --key "$SIGNING_KEY" "$ECR_REGISTRY/$REPOSITORY@$(image_digest)"
}

job_verify() {
  need cosign "checking signatures"
  need_aws
  need_image
  cosign verify --key "$SIGNING_KEY" "$ECR_REGISTRY/$REPOSITORY@$(image_digest)" >/dev/null
  say "image $tag is signed by our key"
}

# --- an environment ---------------------------------------------------------------------------------
with_image() { # with_image <family>: registers its newest definition again with our image; prints the ARN
  local definition
  definition="$(aws ecs describe-task-definition --task-definition "$1" --query taskDefinition --output json |
    jq --arg image "$ECR_REGISTRY/$REPOSITORY@$digest" '
      .containerDefinitions[0].image = $image
      | del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities,
            .registeredAt, .registeredBy, .deregisteredAt)')"
  aws ecs register-task-definition --cli-input-json "$definition" \
    --query taskDefinition.taskDefinitionArn --output text
}

prepare() {
  need_environment
  need_aws
  need jq "task definitions are JSON"
  need_image
  name="stockline-$environment"
  digest="$(image_digest)"
}

# The schema only grows (expand first), so the processes of before go on while it does and after. A task that fails stops the release.
job_migrate() {
  prepare
  need_variable ECS_SUBNETS "output TaskSubnets of the services stack"
  need_variable ECS_MIGRATE_GROUP "output MigrateSecurityGroup of the services stack"
  local definition task code
  definition="$(with_image "$name-migrate")"
  task="$(aws ecs run-task --cluster "$name" --launch-type FARGATE --task-definition "$definition" \
    --network-configuration "awsvpcConfiguration={subnets=[$ECS_SUBNETS],securityGroups=[$ECS_MIGRATE_GROUP],assignPublicIp=DISABLED}" \
    --query 'tasks[0].taskArn' --output text)"
  aws ecs wait tasks-stopped --cluster "$name" --tasks "$task"
  code="$(aws ecs describe-tasks --cluster "$name" --tasks "$task" \
    --query 'tasks[0].containers[0].exitCode' --output text)"
  if [ "$code" != 0 ]; then
    say "migration task $task ended with status $code, expected 0; no service was touched (log group /stockline/$environment/migrate)"
    exit 1
  fi
  say "the schema of $environment is up to date"
}

app_spec() { # app_spec <task definition>: what CodeDeploy is to put behind the load balancer
  jq --null-input --compact-output --arg definition "$1" '
    { version: 1, Resources: [{ TargetService: { Type: "AWS::ECS::Service", Properties: {
        TaskDefinition: $definition,
        LoadBalancerInfo: { ContainerName: "stockline", ContainerPort: 3001 } } } }] }'
}

# Workers and jobs first: they understand what the old api accepts, and are ready for what the new one will.
job_deploy() {
  prepare
  local process definition deployment revision
  for process in workers jobs; do
    definition="$(with_image "$name-$process")"
    aws ecs update-service --cluster "$name" --service "$name-$process" --task-definition "$definition" \
      --query service.serviceArn --output text
  done
  aws ecs wait services-stable --cluster "$name" --services "$name-workers" "$name-jobs"
  for process in workers jobs; do undone "$process"; done
  definition="$(with_image "$name-api")"
  revision="$(jq --null-input --compact-output --arg content "$(app_spec "$definition")" \
    '{ revisionType: "AppSpecContent", appSpecContent: { content: $content } }')"
  deployment="$(aws deploy create-deployment --application-name "$name" --deployment-group-name "$name-api" \
    --revision "$revision" --query deploymentId --output text)"
  say "CodeDeploy shifts the api of $environment: $deployment"
  if ! aws deploy wait deployment-successful --deployment-id "$deployment"; then
    say "deployment $deployment of the api did not succeed; CodeDeploy gives the traffic back to the version of before"
    exit 1
  fi
  aws ssm put-parameter --name "/stockline/$environment/image-tag" --value "$tag" --type String --overwrite \
    --output text >/dev/null
  say "$environment runs $tag"
}

undone() { # undone <process>: ends the job when ECS went back to the version of before
  local state
  state="$(aws ecs describe-services --cluster "$name" --services "$name-$1" \
    --query "services[0].deployments[?rolloutState=='FAILED'] | length(@)" --output text)"
  [ "$state" = 0 ] && return
  say "ECS went back to the version of before for $1: it did not get ready, or an alarm rang"
  exit 1
}

# Some minutes in which no alarm that undoes deployments may ring.
job_watch() {
  need_environment
  need_aws
  local ringing deadline=$((SECONDS + WATCH_MINUTES * 60))
  while :; do
    ringing="$(aws cloudwatch describe-alarms --alarm-name-prefix "stockline-$environment-" --state-value ALARM \
      --query 'MetricAlarms[].AlarmName' --output text)"
    if [ -n "$ringing" ] && [ "$ringing" != None ]; then
      say "alarms ring in $environment: $ringing (docs/runbooks); going back: docs/runbooks/rollback.md"
      exit 1
    fi
    [ "$SECONDS" -ge "$deadline" ] && break
    sleep "$POLL_SECONDS"
  done
  say "no alarm of $environment has rung for $WATCH_MINUTES minutes"
}

job_release() {
  job_verify
  job_migrate
  job_deploy
  job_watch
}

case "$job" in
  lint | test | scan | synth | image | sign | verify | migrate | deploy | watch | release) "job_$job" ;;
  "")
    sed -n '2,15s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    ;;
  *)
    say "there is no job \"$job\"; there are: lint, test, scan, synth, image, sign, verify, migrate, deploy, watch, release"
    exit "$USAGE"
    ;;
esac
