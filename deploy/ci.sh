#!/usr/bin/env bash
# Every job of .gitlab-ci.yml, here as there: `bash deploy/ci.sh <job> [environment]`; without a job it lists them.
# A job that needs Docker, cosign or AWS says so and ends with 69 before it has done anything.
#
#   lint | test | scan | synth        need Node and npm
#   image                             Docker with buildx and AWS (push); prints the digest
#   sign | verify                     cosign, AWS (KMS)
#   migrate <environment>             AWS; runs before deploy, schema only grows
#   deploy <environment>              AWS; api by CodeDeploy blue/green, workers and jobs by ECS
#   watch <environment>               AWS; some minutes in which no alarm that undoes deployments may ring
#   release <environment>             verify, migrate, deploy, watch
#
# Variables: AWS_REGION, ECR_REGISTRY, IMAGE_TAG (a commit or tag; in CI the commit), and what GitLab sets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly REPOSITORY=stockline
readonly SIGNING_KEY=awskms:///alias/stockline-image-signing
readonly UNAVAILABLE=69 USAGE=64
readonly WATCH_MINUTES="${WATCH_MINUTES:-10}" POLL_SECONDS="${POLL_SECONDS:-15}"
# How long each may take. `aws ... wait` gives up sooner (a scan: 5 minutes, tasks and services: 10, CodeDeploy: 30), so nothing waits by it.
readonly SCAN_MINUTES="${SCAN_MINUTES:-15}" MIGRATE_MINUTES="${MIGRATE_MINUTES:-60}"
readonly SERVICE_MINUTES="${SERVICE_MINUTES:-30}" SHIFT_MINUTES="${SHIFT_MINUTES:-45}" KEPT_MINUTES="${KEPT_MINUTES:-75}"

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

await() { # await <minutes> <command...>: asks until the command prints something; $answer is that, or empty when the time is over
  local deadline=$((SECONDS + $1 * 60))
  shift
  while :; do
    answer="$("$@")"
    if [ -n "$answer" ] || [ "$SECONDS" -ge "$deadline" ]; then return; fi
    sleep "$POLL_SECONDS"
  done
}

image_digest() { # the digest of $tag; what is verified and deployed is this, never a name that could move
  aws ecr describe-images --repository-name "$REPOSITORY" --image-ids "imageTag=$tag" \
    --query 'imageDetails[0].imageDigest' --output text
}

# --- on any machine ---------------------------------------------------------------------------------
job_lint() { npm run lint; }

job_test() {
  npm run test:infra # installs deploy/aws' own packages, which its types need
  node node_modules/@typescript/native/bin/tsc -p deploy/aws/tsconfig.json
  npm test
}

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
  # One plain manifest: attestations would make an index of it, which ECR refuses to scan. The image carries its SBOM itself.
  docker buildx build --pull --platform linux/amd64 \
    --build-arg VERSION="${CI_COMMIT_TAG:-$tag}" \
    --build-arg REVISION="$tag" \
    --build-arg CREATED="${CI_COMMIT_TIMESTAMP:-$(date -u +%Y-%m-%dT%H:%M:%SZ)}" \
    --provenance=false --sbom=false ${cache[@]+"${cache[@]}"} \
    --tag "$image" --push .
  image_digest
}

registry_login() { aws ecr get-login-password | cosign login --username AWS --password-stdin "$ECR_REGISTRY"; }

scan_result() { # scan_result <digest>: how many critical findings, or how the scan failed; nothing while it is to come
  # Until the scan begins ECR says ScanNotFoundException.
  { aws ecr describe-image-scan-findings --repository-name "$REPOSITORY" --image-id "imageDigest=$1" \
    --no-paginate --output json || true; } | jq --raw-output '
      .imageScanStatus as { $status, $description }
      | if $status | IN("COMPLETE", "ACTIVE") then .imageScanFindings.findingSeverityCounts.CRITICAL // 0
        elif $status | IN("IN_PROGRESS", "PENDING") then empty
        else "\($status) (\($description))" end'
}

# Signs what ECR found no critical hole in, once: a tag brings the image of its commit, and names in ECR, a signature's too, can't be written twice.
job_sign() {
  need cosign "signing images"
  need jq "findings of ECR are JSON"
  need_aws
  need_image
  local digest
  digest="$(image_digest)"
  await "$SCAN_MINUTES" scan_result "$digest"
  case "$answer" in
    0) ;;
    "")
      say "ECR has not scanned image $tag within $SCAN_MINUTES minutes; it is not signed"
      exit 1
      ;;
    *[!0-9]*)
      say "ECR's scan of image $tag is $answer, expected COMPLETE; it is not signed"
      exit 1
      ;;
    *)
      say "image $tag has $answer critical findings in ECR's scan, expected 0; it is not signed"
      exit 1
      ;;
  esac
  registry_login
  if is_signed "$digest"; then
    say "image $tag is signed already"
    return
  fi
  cosign sign --yes --key "$SIGNING_KEY" "$ECR_REGISTRY/$REPOSITORY@$digest"
}

is_signed() { cosign verify --key "$SIGNING_KEY" "$ECR_REGISTRY/$REPOSITORY@$1" >/dev/null; }

job_verify() {
  need cosign "checking signatures"
  need_aws
  need_image
  registry_login
  is_signed "$(image_digest)"
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
  local definition task
  definition="$(with_image "$name-migrate")"
  task="$(aws ecs run-task --cluster "$name" --launch-type FARGATE --task-definition "$definition" \
    --network-configuration "awsvpcConfiguration={subnets=[$ECS_SUBNETS],securityGroups=[$ECS_MIGRATE_GROUP],assignPublicIp=DISABLED}" \
    --query 'tasks[0].taskArn' --output text)"
  await "$MIGRATE_MINUTES" end_status "$task"
  case "$answer" in
    0) say "the schema of $environment is up to date" ;;
    "")
      say "migration task $task has not ended within $MIGRATE_MINUTES minutes and goes on; no service was touched. Release again when it has ended"
      exit 1
      ;;
    *)
      say "migration task $task ended with status $answer, expected 0; no service was touched (log group /stockline/$environment/migrate)"
      exit 1
      ;;
  esac
}

end_status() { # end_status <task>: what its program ended with, or why it never started; nothing while it runs
  aws ecs describe-tasks --cluster "$name" --tasks "$1" --output json | jq --raw-output '
    .tasks[0] | select(.lastStatus == "STOPPED") | .containers[0].exitCode // "none (\(.stoppedReason))"'
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
  local workers jobs api deployment revision
  await_former
  workers="$(with_image "$name-workers")"
  jobs="$(with_image "$name-jobs")"
  replace workers "$workers"
  replace jobs "$jobs"
  sleep "$POLL_SECONDS" # what ECS answers lags a little behind what it was told
  settle workers "$workers"
  settle jobs "$jobs"
  api="$(with_image "$name-api")"
  revision="$(jq --null-input --compact-output --arg content "$(app_spec "$api")" \
    '{ revisionType: "AppSpecContent", appSpecContent: { content: $content } }')"
  deployment="$(aws deploy create-deployment --application-name "$name" --deployment-group-name "$name-api" \
    --revision "$revision" --query deploymentId --output text)"
  say "CodeDeploy shifts the api of $environment: $deployment"
  await "$SHIFT_MINUTES" shift_state "$deployment"
  case "$answer" in
    shifted) ;;
    "")
      say "deployment $deployment has not shifted the traffic within $SHIFT_MINUTES minutes and goes on; going back: docs/runbooks/rollback.md"
      exit 1
      ;;
    *)
      say "deployment $deployment of the api did not succeed ($answer); CodeDeploy gives the traffic back to the version of before"
      exit 1
      ;;
  esac
  aws ssm put-parameter --name "/stockline/$environment/image-tag" --value "$tag" --type String --overwrite \
    --output text >/dev/null
  say "$environment runs $tag"
}

# CodeDeploy takes one deployment at a time, and the one of before lasts as long as it keeps the old tasks. So that is over before anything changes.
await_former() {
  local former
  former="$(deployment_under_way)"
  [ "$former" = none ] && return
  say "deployment $former is under way or keeps its old tasks; this one waits (docs/runbooks/rollback.md says how to end that)"
  await "$KEPT_MINUTES" none_under_way
  [ -n "$answer" ] && return
  say "deployment $former has not ended within $KEPT_MINUTES minutes; nothing was deployed"
  exit 1
}

deployment_under_way() { # its id, or none
  aws deploy list-deployments --application-name "$name" --deployment-group-name "$name-api" \
    --include-only-statuses Created Queued InProgress Baking Ready --output json | jq --raw-output '.deployments[0] // "none"'
}

none_under_way() { deployment_under_way | grep -x none || true; }

replace() { # replace <process> <definition>
  aws ecs update-service --cluster "$name" --service "$name-$1" --task-definition "$2" \
    --query service.serviceArn --output text
}

settle() { # settle <process> <definition>: ends the job unless the service comes to run it
  await "$SERVICE_MINUTES" service_state "$1" "$2"
  case "$answer" in
    runs) return ;;
    "") say "$1 has not come to run the new version within $SERVICE_MINUTES minutes; ECS goes on with it, the api is as it was" ;;
    *) say "ECS went back to the version of before for $1: it did not get ready, or an alarm rang" ;;
  esac
  exit 1
}

# The primary deployment is the newest. When ECS goes back, it makes one of the version of before; the failed one vanishes from the list.
service_state() { # service_state <process> <definition>: runs or undone; nothing while ECS is at it
  aws ecs describe-services --cluster "$name" --services "$name-$1" --output json | jq --raw-output --arg definition "$2" '
    .services[0].deployments[] | select(.status == "PRIMARY")
    | if .taskDefinition != $definition or .rolloutState == "FAILED" then "undone"
      elif .rolloutState == "COMPLETED" then "runs" else empty end'
}

# The deployment itself succeeds only when the old tasks are gone (an hour in production); the traffic has moved long before.
shift_state() { # shift_state <deployment>: shifted, Failed or Stopped; nothing while CodeDeploy is at it
  local status
  status="$(aws deploy get-deployment --deployment-id "$1" --query deploymentInfo.status --output text)" || return
  case "$status" in
    Succeeded) echo shifted ;;
    Failed | Stopped) echo "$status" ;;
    InProgress | Baking)
      # For its first moments a deployment has no target.
      { aws deploy get-deployment-target --deployment-id "$1" --target-id "$name:$name-api" --output json || true; } | jq --raw-output '
        .deploymentTarget.ecsTarget.lifecycleEvents | map({ key: .lifecycleEventName, value: .status }) | from_entries
        | if .AllowTraffic == "Succeeded" and (.AfterAllowTraffic == "Succeeded" or .AfterAllowTraffic == "Skipped")
          then "shifted" else empty end'
      ;;
  esac
}

# Some minutes in which none of the alarms that undo a deployment may ring; CodeDeploy and ECS know which these are. Tickets do not count.
job_watch() {
  need_environment
  need_aws
  need jq "alarms are JSON"
  name="stockline-$environment"
  local api others alarms ringing deadline=$((SECONDS + WATCH_MINUTES * 60))
  api="$(aws deploy get-deployment-group --application-name "$name" --deployment-group-name "$name-api" --output json |
    jq --raw-output '.deploymentGroupInfo.alarmConfiguration.alarms[].name')"
  others="$(aws ecs describe-services --cluster "$name" --services "$name-workers" "$name-jobs" --output json |
    jq --raw-output '.services[].deploymentConfiguration.alarms.alarmNames[]')"
  read -r -d '' -a alarms <<<"$api $others" || true # read ends with 1 at the end of the text
  while :; do
    ringing="$(aws cloudwatch describe-alarms --alarm-names "${alarms[@]}" --state-value ALARM --output json |
      jq --raw-output '[.MetricAlarms[].AlarmName] | join(", ")')"
    if [ -n "$ringing" ]; then
      say "alarms ring in $environment: $ringing (docs/runbooks); going back: docs/runbooks/rollback.md"
      exit 1
    fi
    [ "$SECONDS" -ge "$deadline" ] && break
    sleep "$POLL_SECONDS"
  done
  say "no alarm that undoes deployments has rung in $environment for $WATCH_MINUTES minutes"
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
