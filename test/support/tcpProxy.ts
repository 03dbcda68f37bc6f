/**
 * A TCP proxy for tests in front of any server: passes bytes on until told to swallow them (a black hole: no answer, no reset, also
 * for new connections) or to reset what is open. Knows no protocol.
 */
import { connect, createServer, type Socket } from "node:net";

export interface TcpProxy {
  readonly port: number;
  /** The same URL by way of the proxy. */
  through(url: string): string;
  /** From here on nothing gets through in either direction; connections are taken and left without a word. */
  blackHole(): void;
  /** From here on bytes take that long in either direction; 0: no longer than they need. */
  delay(ms: number): void;
  /** Lets bytes through again; connections that fell into the black hole stay lost. */
  heal(): void;
  /** Ends every open connection with a reset. */
  reset(): void;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1 and passes on to `targetPort` there. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let isSwallowing = false;
  let delayMs = 0;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => undefined); // its close ends the other side
    socket.on("close", () => sockets.delete(socket));
  };
  const passOn = (from: Socket, to: Socket): void => {
    // what was told to wait goes first: bytes never overtake each other
    let lastDue = 0;
    from.on("data", (chunk) => {
      lastDue = Math.max(lastDue, performance.now() + delayMs);
      const waitMs = lastDue - performance.now();
      if (waitMs <= 0) to.write(chunk);
      else setTimeout(() => to.write(chunk), Math.ceil(waitMs));
    });
    from.on("end", () => to.end());
    // Of an end that happens in the black hole the other side hears nothing either.
    from.on("close", () => isSwallowing || to.destroy());
  };
  const server = createServer((client) => {
    keep(client);
    if (isSwallowing) return;
    const target = connect(targetPort, "127.0.0.1");
    keep(target);
    passOn(client, target);
    passOn(target, client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    through: (url) => Object.assign(new URL(url), { port: String(port) }).href,
    blackHole: () => {
      isSwallowing = true;
      for (const socket of sockets) {
        socket.removeAllListeners("data");
        socket.removeAllListeners("end");
        socket.resume();
      }
    },
    delay: (ms) => {
      delayMs = ms;
    },
    heal: () => {
      isSwallowing = false;
    },
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
