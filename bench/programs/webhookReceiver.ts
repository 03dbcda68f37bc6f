/** The receiver of a webhook in benchmarks: takes everything and says so. */
import { createServer } from "node:http";

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => response.writeHead(204).end());
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ msg: "receiver ready", port })}\n`);
});
process.once("SIGTERM", () => process.exit(0));
