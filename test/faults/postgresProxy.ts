/**
 * A TCP proxy in front of PostgreSQL that loses what networks lose: it cuts a connection after the server's reply to a commit has
 * left the server (commit unknown), swallows everything without a reset (black hole), and moves to another server (failover).
 */
import { connect, createServer, type Server, type Socket } from "node:net";

export interface PostgresProxy {
  readonly port: number;
  /** The same URL by way of the proxy. */
  through(url: string): string;
  /**
   * The next replies for which `when` says true never arrive: the connection is cut instead. `when` gets the tags of the commands
   * that the reply completes ("INSERT 0 3", "COMMIT") once the server is idle again, so their effect stands.
   */
  cutWhen(when: ((tags: readonly string[]) => boolean) | undefined): void;
  /** Replies that were cut so far. */
  readonly cuts: number;
  /** Swallows both directions of the connections that are open now, without closing them. */
  blackHole(): void;
  /** Ends every connection with a reset. */
  reset(): void;
  /** New connections go to this port from here on. */
  moveTo(port: number): void;
  stop(): Promise<void>;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  swallowed: boolean;
}

/** Starts listening on a free port of 127.0.0.1. */
export async function startPostgresProxy(targetPort: number): Promise<PostgresProxy> {
  const links = new Set<Link>();
  let target = targetPort;
  let cuts = 0;
  let when: ((tags: readonly string[]) => boolean) | undefined;
  const cut = (link: Link): void => {
    link.client.resetAndDestroy();
    link.server.resetAndDestroy();
    links.delete(link);
  };
  const isCut = (tags: readonly string[]): boolean => {
    if (when?.(tags) !== true) return false;
    cuts += 1;
    return true;
  };
  const server = createServer((client) => {
    const link: Link = { client, server: connect(target, "127.0.0.1"), swallowed: false };
    links.add(link);
    join(link, { cut, isCut });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = portOf(server);
  return {
    port,
    through: (url) => Object.assign(new URL(url), { port: String(port) }).href,
    cutWhen: (condition) => {
      when = condition;
    },
    get cuts() {
      return cuts;
    },
    blackHole: () => {
      for (const link of links) link.swallowed = true;
    },
    reset: () => {
      for (const link of links) cut(link);
    },
    moveTo: (to) => {
      target = to;
    },
    stop: async () => {
      for (const link of links) cut(link);
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function join(
  link: Link,
  deps: { cut: (link: Link) => void; isCut: (tags: readonly string[]) => boolean },
): void {
  const { client, server } = link;
  const replies = new Replies(deps.isCut);
  client.setNoDelay(true);
  server.setNoDelay(true);
  client.on("data", (chunk: Buffer) => {
    if (!link.swallowed) server.write(chunk);
  });
  server.on("data", (chunk: Buffer) => {
    if (link.swallowed) return;
    const passed = replies.take(chunk);
    if (passed === "cut") deps.cut(link);
    else if (passed.length > 0) client.write(passed);
  });
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.on("error", () => undefined);
    one.on("close", () => {
      if (!link.swallowed) other.destroy();
    });
  }
}

const COMMAND_COMPLETE = "C".charCodeAt(0);
const READY_FOR_QUERY = "Z".charCodeAt(0);
const IDLE = "I".charCodeAt(0);

/** Cuts the server's stream into replies, each up to its ReadyForQuery, and holds a reply back until it is whole. */
class Replies {
  readonly #isCut: (tags: readonly string[]) => boolean;
  #rest = Buffer.alloc(0);
  #held: Buffer[] = [];
  #tags: string[] = [];

  constructor(isCut: (tags: readonly string[]) => boolean) {
    this.#isCut = isCut;
  }

  take(chunk: Buffer): Buffer | "cut" {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const passed: Buffer[] = [];
    for (let message = this.#next(); message !== undefined; message = this.#next()) {
      this.#held.push(message);
      if (message[0] === COMMAND_COMPLETE)
        this.#tags.push(message.toString("latin1", 5, message.length - 1));
      if (message[0] !== READY_FOR_QUERY) continue;
      if (message[5] === IDLE && this.#tags.length > 0 && this.#isCut(this.#tags)) return "cut";
      passed.push(...this.#held);
      this.#held = [];
      this.#tags = [];
    }
    // Outside a reply (the greeting of a connection) nothing may be held back.
    if (this.#tags.length === 0) passed.push(...this.#held.splice(0));
    return Buffer.concat(passed);
  }

  #next(): Buffer | undefined {
    if (this.#rest.length < 5) return undefined;
    const length = 1 + this.#rest.readUInt32BE(1);
    if (this.#rest.length < length) return undefined;
    const message = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return message;
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the proxy has no port");
  return address.port;
}
