/**
 * The mock cluster behind TLS, which it does not speak itself: a proxy for each of its brokers ends TLS, and puts its own port in the
 * place of the broker's wherever an answer names one (metadata, coordinators), so that clients stay on TLS.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { temporaryHome } from "./temporaryHome.ts";

export interface TlsKeys {
  /** PEM file of the CA. */
  readonly caFile: string;
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** A CA of its own with a certificate for 127.0.0.1 and localhost. */
export function makeTlsKeys(): TlsKeys {
  const folder = temporaryHome("kafka-tls");
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void =>
    void execFileSync("openssl", args, { stdio: "ignore" });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...newKey,
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.pem"),
    "-subj",
    "/CN=test CA",
  );
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
  openssl("req", ...newKey, "-keyout", at("server.key"), "-out", at("server.csr"), ...names);
  const by = [
    "-CA",
    at("ca.pem"),
    "-CAkey",
    at("ca.key"),
    "-CAcreateserial",
    "-copy_extensions",
    "copy",
  ];
  openssl("x509", "-req", "-in", at("server.csr"), ...by, "-out", at("server.pem"));
  const key = readFileSync(at("server.key"));
  return { caFile: at("ca.pem"), key, cert: readFileSync(at("server.pem")) };
}

const HOST = Buffer.from("127.0.0.1");

/** Puts TLS in front of the brokers; answers how they are reached then. */
export async function putTlsBefore(
  brokers: string,
  keys: TlsKeys,
): Promise<{ brokers: string; stop(): void }> {
  const targets = brokers.split(",").map((one) => Number(one.split(":")[1]));
  const ports = new Map<number, number>();
  const servers = await Promise.all(
    targets.map(async (target) => {
      const server = createServer(keys, (client) => {
        const broker = connect(target, "127.0.0.1");
        client.on("data", (chunk) => broker.write(chunk));
        broker.on("data", (chunk) => client.write(renamed(chunk, ports)));
        for (const [one, other] of [[client, broker] as const, [broker, client] as const]) {
          one.on("error", () => undefined);
          one.on("close", () => other.destroy());
        }
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      ports.set(target, portOf(server));
      return server;
    }),
  );
  return {
    brokers: servers.map((server) => `127.0.0.1:${portOf(server)}`).join(","),
    stop: () => {
      for (const server of servers) server.close();
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A host of the protocol is followed by its port as four bytes. */
function renamed(chunk: Buffer, ports: ReadonlyMap<number, number>): Buffer {
  const copy = Buffer.from(chunk);
  for (let at = copy.indexOf(HOST); at !== -1; at = copy.indexOf(HOST, at + 1)) {
    const place = at + HOST.length;
    if (place + 4 > copy.length) break;
    const port = ports.get(copy.readInt32BE(place));
    if (port !== undefined) copy.writeInt32BE(port, place);
  }
  return copy;
}
