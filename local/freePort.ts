/**
 * Finds loopback TCP ports to listen on. Ports are drawn at random below the range that operating
 * systems use for outgoing connections, so a port found free stays free until its owner binds it
 * (save for another draw of the same number, which callers meet by trying again).
 */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

const PORT_MIN = 20_000;
const PORT_MAX = 32_000; // Linux hands out 32768 and up for outgoing connections, macOS 49152 and up.
const DRAWS_MAX = 100;

/** A TCP port on which nothing listens at 127.0.0.1 now. */
export async function freePort(): Promise<number> {
  for (let draw = 0; draw < DRAWS_MAX; draw += 1) {
    const port = randomInt(PORT_MIN, PORT_MAX);
    if (await portIsFree(port)) return port;
  }
  throw new Error(`No free port between ${PORT_MIN} and ${PORT_MAX} in ${DRAWS_MAX} draws.`);
}

/** Whether this process could listen on the port now, at the given address (127.0.0.1). */
export function portIsFree(port: number, host = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(false);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
