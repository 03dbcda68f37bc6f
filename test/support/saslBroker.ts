/**
 * The door of a Kafka broker: speaks ApiVersions, SaslHandshake and SaslAuthenticate as the protocol has them, keeps what clients sign
 * in with, and lets in only whom `isKnown` knows. Behind the door there is nothing; what it does not speak it hangs up on.
 */
import { createServer, type Socket } from "node:net";

const API_VERSIONS = 18;
const HANDSHAKE = 17;
const AUTHENTICATE = 36;
const SASL_AUTHENTICATION_FAILED = 58;

export interface SaslBroker {
  readonly brokers: string;
  /** What came in SaslAuthenticate, as text. */
  readonly attempts: readonly string[];
  stop(): void;
}

/** Listens on a free port of 127.0.0.1. */
export async function startSaslBroker(isKnown: (attempt: string) => boolean): Promise<SaslBroker> {
  const attempts: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    let rest = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        const size = rest.readInt32BE(0);
        const answer = answerTo(rest.subarray(4, 4 + size), { isKnown, attempts });
        rest = rest.subarray(4 + size);
        if (answer === undefined) socket.destroy();
        else socket.write(Buffer.concat([int32(answer.length), answer]));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    brokers: `127.0.0.1:${port}`,
    attempts,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function answerTo(
  request: Buffer,
  { isKnown, attempts }: { isKnown: (attempt: string) => boolean; attempts: string[] },
): Buffer | undefined {
  const [key, version, correlation] = [
    request.readInt16BE(0),
    request.readInt16BE(2),
    request.subarray(4, 8),
  ];
  const body = request.subarray(10 + Math.max(0, request.readInt16BE(8)));
  if (key === API_VERSIONS) return Buffer.concat([correlation, apiVersions(version)]);
  if (key === HANDSHAKE) {
    return Buffer.concat([correlation, int16(0), int32(1), text("PLAIN")]);
  }
  if (key !== AUTHENTICATE) return undefined;
  const attempt = body.subarray(4).toString();
  attempts.push(attempt);
  const isIn = isKnown(attempt);
  const said = isIn
    ? [int16(0), int16(-1)]
    : [int16(SASL_AUTHENTICATION_FAILED), text("no such user")];
  const lifetime = version >= 1 ? [Buffer.alloc(8)] : [];
  return Buffer.concat([correlation, ...said, int32(0), ...lifetime]);
}

function apiVersions(version: number): Buffer {
  const spoken = [
    [API_VERSIONS, 2],
    [HANDSHAKE, 1],
    [AUTHENTICATE, 1],
    [3, 5],
  ] as const;
  const lines = spoken.map(([key, max]) => Buffer.concat([int16(key), int16(0), int16(max)]));
  const throttle = version >= 1 ? [int32(0)] : [];
  return Buffer.concat([int16(0), int32(spoken.length), ...lines, ...throttle]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
}
