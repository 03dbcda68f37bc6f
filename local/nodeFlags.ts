/** Flags of Node for the processes of the product; the image says the same in its Dockerfile. */

/**
 * Young generation of up to 32 MB (Node 20 has 16): most of a batch of 2,000 movements, or of a busy second of requests, dies before it
 * is copied. The bound of the old generation is far above what any process holds (some 40 MB live while a worker imports); what it does
 * is make V8 collect sooner: with the default bound, by the machine's memory, 120 MB of garbage stood beside those 40.
 */
export const PRODUCT_NODE_FLAGS = [
  "--max-semi-space-size=32",
  "--max-old-space-size=1024",
] as const;
