/** Flags of Node for the processes of the product; the image says the same in its Dockerfile. */

/**
 * Young generation of up to 64 MB (Node 20 has 16): a batch of 2,000 movements, or a busy second of requests, dies before it is copied.
 * In trials it saved between nothing and an eighth of a worker's CPU, for some 100 MB of memory at most.
 */
export const PRODUCT_NODE_FLAGS = ["--max-semi-space-size=64"] as const;
