/** An import as it goes on: followed by server-sent events, and by asking where the stream fails; read in full at each change of status. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Answer, Row } from "../../client/operations.ts";
import type { Api } from "../http/api.ts";
import { readEvents } from "../http/readEvents.ts";
import { serverNow } from "./clock.ts";
import { useApi } from "./context.ts";
import { type Polled, usePolled } from "./usePolled.ts";

export type ImportDetail = Answer<"GET /v1/imports/{id}">;
/** An import as lists and events show it. */
export type ImportProgress = Row<"GET /v1/imports">;

const OPEN = new Set<string>(["uploaded", "reading", "checking", "applying"]);
/** How often it is asked for where no stream can be had. */
const POLL_MS = 2_000;
/** A stream says something every 15 s, if only that it is there; one that is silent for longer has been lost on the way. */
const QUIET_MS = 40_000;

/** True while it is not over. */
export function isOpen({ status }: { readonly status: string }): boolean {
  return OPEN.has(status);
}

interface Followed {
  readonly detail: Polled<ImportDetail>;
  /** The latest figures, which `detail` is as old as: of the stream where they are newer. */
  readonly progress: ImportProgress | undefined;
  readonly isLive: boolean;
}

/** Reads the import and follows it for as long as it goes on and the view is there. */
export function useImport(id: string): Followed {
  const api = useApi();
  const [live, setLive] = useState<Live | undefined>(undefined);
  const [streaming, setStreaming] = useState(false);
  const isStreaming = useRef(false);
  isStreaming.current = streaming;
  const detail = usePolled(
    async (signal) => {
      const value = await api.call("GET /v1/imports/{id}", { path: { id }, signal });
      setLive(undefined);
      return value;
    },
    {
      key: id,
      everyMs: (value) =>
        (value === undefined || isOpen(value)) && !isStreaming.current ? POLL_MS : undefined,
    },
  );
  const status = detail.value?.status;
  const mayStream = status !== undefined && OPEN.has(status);
  useEffect(() => {
    if (!mayStream) return undefined;
    const stop = new AbortController();
    void followStream(api, {
      id,
      signal: stop.signal,
      onStart: () => setStreaming(true),
      onProgress: (progress) => setLive({ progress, asOfMs: serverNow() }),
    })
      .catch(() => undefined) // The end of the stream is told by asking, whatever ended it.
      .finally(() => {
        setStreaming(false);
        if (!stop.signal.aborted) detail.reload();
      });
    return () => stop.abort();
  }, [api, id, mayStream]);
  return {
    detail: live === undefined ? detail : { ...detail, asOfMs: live.asOfMs },
    progress: live?.progress ?? detail.value,
    isLive: streaming,
  };
}

/** The stream's latest word, and when it came. */
interface Live {
  readonly progress: ImportProgress;
  readonly asOfMs: number;
}

interface Following {
  readonly id: string;
  readonly signal: AbortSignal;
  readonly onStart: () => void;
  readonly onProgress: (progress: ImportProgress) => void;
}

async function followStream(
  api: Api,
  { id, signal, onStart, onProgress }: Following,
): Promise<void> {
  const headers = { accept: "text/event-stream" };
  const response = await api.open(`/v1/imports/${encodeURIComponent(id)}/events`, {
    headers,
    signal,
  });
  if (response.body === null) return;
  onStart();
  for await (const { event, data } of readEvents(response.body, QUIET_MS)) {
    if (event !== "progress" && event !== "end") continue;
    const progress: ImportProgress = JSON.parse(data);
    onProgress(progress);
    if (event === "end") return;
  }
}
