/**
 * A keep-alive HTTP/1.1 connection that costs the load generator next to nothing: requests are written as they are, of an
 * answer only status, length and body are looked at. One request at a time; for answers of a known length on loopback.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export interface HttpConnection {
  /** Sends the body; answers when the whole answer is there. Rejects when the connection is lost. */
  post(body: string): Promise<HttpAnswer>;
  /** Asks for the path; answers when the whole answer is there. Rejects when the connection is lost. */
  get(path: string): Promise<HttpAnswer>;
  /** True once the server has closed it, as it does with connections that send nothing for some seconds. */
  isClosed(): boolean;
  close(): void;
}

interface Target {
  readonly port: number;
  readonly path: string;
  readonly token: string;
}

const HEAD_END = "\r\n\r\n";

/** Opens a connection. */
export async function openConnection(target: Target): Promise<HttpConnection> {
  const socket: Socket = connect({ port: target.port, host: "127.0.0.1", noDelay: true });
  socket.setEncoding("latin1");
  await once(socket, "connect");
  let received = "";
  let waiting:
    | { resolve: (answer: HttpAnswer) => void; reject: (error: Error) => void }
    | undefined;
  socket.on("data", (chunk: string) => {
    received += chunk;
    const answer = readAnswer(received);
    if (answer === undefined) return;
    received = "";
    waiting?.resolve(answer);
  });
  socket.on("error", (error) => waiting?.reject(error));
  socket.on("close", () => waiting?.reject(new Error("the server closed the connection")));
  const ask = (request: string): Promise<HttpAnswer> =>
    new Promise((resolve, reject) => {
      if (socket.destroyed) reject(new Error("the server has closed the connection"));
      waiting = { resolve, reject };
      socket.write(request);
    });
  const getHead = ` HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${target.token}${HEAD_END}`;
  const head =
    `POST ${target.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${target.token}\r\n` +
    "Content-Type: application/json\r\nContent-Length: ";
  return {
    isClosed: () => socket.destroyed || socket.readableEnded,
    post: (body) => ask(head + Buffer.byteLength(body) + HEAD_END + body),
    get: (path) => ask(`GET ${path}${getHead}`),
    close: () => socket.destroy(),
  };
}

function readAnswer(text: string): HttpAnswer | undefined {
  const headEnd = text.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd);
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  const bodyStart = headEnd + HEAD_END.length;
  if (length === undefined) return readChunked(text, { status, bodyStart });
  if (text.length < bodyStart + Number(length)) return undefined;
  return { status, body: text.slice(bodyStart) };
}

/** Large answers come in chunks; their end is enough for us. */
function readChunked(
  text: string,
  { status, bodyStart }: { status: number; bodyStart: number },
): HttpAnswer | undefined {
  return text.endsWith("\r\n0\r\n\r\n") ? { status, body: text.slice(bodyStart) } : undefined;
}
