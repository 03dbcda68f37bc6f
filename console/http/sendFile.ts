/** Sends a form with a file, telling how far it is: fetch can't tell that, XMLHttpRequest can. */
import type { TokenSource } from "./api.ts";
import { Refusal, readProblem, Unreached } from "./refusal.ts";

export interface FileSending {
  readonly path: string;
  readonly form: FormData;
  readonly idempotencyKey: string;
  /** Told now and then: the share that is sent, 0 to 1. */
  readonly onSent: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** Posts the form; answers the JSON of a 2xx, throws Refusal and Unreached. */
export async function sendFile<T>(tokens: TokenSource, sending: FileSending): Promise<T> {
  const token = await tokens.bearer();
  const request = await finished(sending, token);
  if (request.status >= 200 && request.status < 300) {
    const value: T = JSON.parse(request.responseText);
    return value;
  }
  if (request.status === 401 && token !== undefined) await tokens.refused(token);
  const problem = readProblem(request.status, request.responseText);
  const requestId = request.getResponseHeader("x-request-id") ?? undefined;
  throw new Refusal(request.status, problem, requestId);
}

function finished(sending: FileSending, token: string | undefined): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", sending.path);
    if (token !== undefined) request.setRequestHeader("authorization", `Bearer ${token}`);
    request.setRequestHeader("idempotency-key", sending.idempotencyKey);
    request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
      if (lengthComputable && total > 0) sending.onSent(loaded / total);
    });
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("error", () =>
      reject(new Unreached("The API did not answer (no connection).")),
    );
    request.addEventListener("abort", () => reject(new Unreached("Sending was stopped.")));
    sending.signal?.addEventListener("abort", () => request.abort());
    request.send(sending.form);
  });
}
