/** Publishing: carries the event log to the sinks, each at its own pace, and lets an operator see and steer them. */

export type { LetterRow } from "./queries/letters.ts";
export { type SinkRow, sinksRead } from "./queries/sinks.ts";
export { type WebhookRow, webhooksRead } from "./queries/webhooks.ts";
export { startPublisher } from "./startPublisher.ts";
export {
  discardLetter,
  listLetters,
  pauseSink,
  releaseLetters,
  replaySink,
  resumeSink,
} from "./steerSinks.ts";
export {
  activeWebhooks,
  changeWebhook,
  createWebhook,
  deleteWebhook,
  disableWebhook,
  rotateWebhookSecret,
  type SecretDeps,
} from "./webhooks.ts";
