/**
 * Preloaded (`node --import`) into the emulators that we run as child processes: whatever address
 * they ask for, they listen at 127.0.0.1. fauxqs and kinesis-local ask for every interface and
 * offer no option. Must not be imported by the product.
 */
import { Server } from "node:net";

const LOOPBACK = "127.0.0.1";
const listenAnywhere = Server.prototype.listen;

/** Rewrites every form of `server.listen(...)` that carries a port; pipes are left alone. */
function listenOnLoopback(this: Server, ...args: unknown[]): Server {
  return Reflect.apply(listenAnywhere, this, withLoopback(args));
}

function withLoopback(args: readonly unknown[]): unknown[] {
  const [first, ...rest] = args;
  if (typeof first === "object" && first !== null && "port" in first) {
    return [{ ...first, host: LOOPBACK }, ...rest];
  }
  const isPort = typeof first === "number" || (typeof first === "string" && /^\d+$/.test(first));
  if (!isPort) return [...args];
  const callback = rest.find((arg) => typeof arg === "function");
  const options = { port: Number(first), host: LOOPBACK };
  return callback === undefined ? [options] : [options, callback];
}

Object.defineProperty(Server.prototype, "listen", { value: listenOnLoopback, writable: true });
