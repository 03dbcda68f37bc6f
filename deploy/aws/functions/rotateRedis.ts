/** Handler: rotates the token of a Redis, called by Secrets Manager. The server takes old and new until the rotation after. */
import { addToken, withRedisUrl } from "./redisServer.ts";
import { type RotationEvent, runRotationStep } from "./rotation.ts";
import { createSecretStore } from "./secretStore.ts";

const store = createSecretStore();

/** One step of the rotation. */
export async function handler(event: RotationEvent): Promise<void> {
  await runRotationStep(event, store, {
    next: (current, password) => ({
      ...current,
      password,
      url: current["url"]?.replace(/:[^:@/]*@/, `:${password}@`),
    }),
    take: addToken,
    check: async (pending) => {
      // ElastiCache has taken the token when it is available again; what is left to see is that the URL is whole.
      const { url } = await withRedisUrl(pending);
      if (url !== pending["url"]) throw new Error("the pending version's URL is not the server's");
    },
  });
}
