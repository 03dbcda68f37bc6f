/** The overview's parts for who runs the platform: the backlog of movements, and the sinks. */
import type { Answer, Row } from "../../client/operations.ts";
import { useApi } from "../state/context.ts";
import { placeOf } from "../state/place.ts";
import { usePolled } from "../state/usePolled.ts";
import { counted, grouped, span } from "../ui/format.ts";
import { PolledPanel } from "../ui/panel.tsx";
import { Age, Badge, Empty, Fact, Facts } from "../ui/parts.tsx";

const EVERY_MS = 5_000;

/** Movements that are accepted and not yet decided, and what stands in their way. */
export function BacklogPanel() {
  const api = useApi();
  const polled = usePolled((signal) => api.call("GET /v1/lanes", { signal }), {
    key: "lanes",
    everyMs: EVERY_MS,
  });
  return (
    <PolledPanel title="Backlog of movements" polled={polled} lines={5}>
      {({ data }) => <Backlog lanes={data} />}
    </PolledPanel>
  );
}

function Backlog({ lanes }: { readonly lanes: Answer<"GET /v1/lanes">["data"] }) {
  const depth = lanes.reduce((sum, lane) => sum + lane.depth, 0);
  const isBounded = lanes.some((lane) => lane.depth_is_bounded);
  const halted = lanes.filter((lane) => lane.halted_at !== null);
  const setAside = lanes.reduce((sum, lane) => sum + lane.set_aside, 0);
  const oldest = lanes
    .map((lane) => lane.oldest_accepted_at)
    .filter((time) => time !== null)
    .toSorted()[0];
  const latest = lanes
    .map((lane) => lane.last_decided_at)
    .filter((time) => time !== null)
    .toSorted()
    .at(-1);
  return (
    <>
      <Facts>
        <Fact name="Waiting">{`${isBounded ? "at least " : ""}${counted(depth, "movement")}`}</Fact>
        <Fact name="Oldest waiting">
          {oldest === undefined ? <span class="quiet">none waits</span> : <Age at={oldest} />}
        </Fact>
        <Fact name="Latest decision">
          <Age at={latest} />
        </Fact>
        <Fact name="Halted lanes">
          <Badge tone={halted.length === 0 ? "good" : "bad"}>{grouped(halted.length)}</Badge>
        </Fact>
        <Fact name="Set aside">
          <Badge tone={setAside === 0 ? "good" : "bad"}>{grouped(setAside)}</Badge>
        </Fact>
      </Facts>
      {(halted.length > 0 || setAside > 0) && (
        <p>
          <a href={placeOf(["set-aside"])}>What stands in the way</a>
        </p>
      )}
    </>
  );
}

/** How far behind each sink is. */
export function SinksPanel() {
  const api = useApi();
  const polled = usePolled((signal) => api.call("GET /v1/sinks", { signal }), {
    key: "sinks",
    everyMs: EVERY_MS,
  });
  return (
    <PolledPanel title="Sinks" polled={polled}>
      {({ data }) =>
        data.length === 0 ? (
          <Empty>No sink is configured.</Empty>
        ) : (
          <ul class="lines">
            {data.map((sink) => (
              <li key={sink.name}>
                <span>
                  <a href={placeOf(["sinks", sink.name])}>{sink.name}</a> <SinkState sink={sink} />
                </span>
                <span>{lagWords(sink)}</span>
              </li>
            ))}
          </ul>
        )
      }
    </PolledPanel>
  );
}

/** What is read from brokers: how far behind, and what could not be taken in. */
export function SourcesPanel() {
  const api = useApi();
  const polled = usePolled((signal) => api.call("GET /v1/sources", { signal }), {
    key: "sources",
    everyMs: EVERY_MS * 2,
  });
  return (
    <PolledPanel title="Streams in" polled={polled}>
      {({ data }) =>
        data.length === 0 ? (
          <Empty>No stream is read.</Empty>
        ) : (
          <ul class="lines">
            {data.map((one) => (
              <li key={one.source}>
                <span>
                  {one.source}{" "}
                  {one.parked_letters > 0 && (
                    <Badge tone="bad">{counted(one.parked_letters, "dead letter")}</Badge>
                  )}
                </span>
                <span>{shardWords(one.shards)}</span>
              </li>
            ))}
          </ul>
        )
      }
    </PolledPanel>
  );
}

/** How many shards, how many of them unread, and the longest lag. */
function shardWords(shards: Row<"GET /v1/sources">["shards"]): string {
  const open = shards.filter((shard) => !shard.drained);
  const unread = open.filter((shard) => shard.owner === null).length;
  const lags = open.map((shard) => shard.lag_seconds).filter((lag) => lag !== null);
  const lag = lags.length === 0 ? "" : `, ${span(Math.max(...lags) * 1_000)} behind`;
  return `${counted(open.length, "shard")}${unread > 0 ? `, ${unread} unread` : ""}${lag}`;
}

/** The one word that matters most about a sink. */
export function SinkState({ sink }: { readonly sink: Row<"GET /v1/sinks"> }) {
  if (sink.paused) return <Badge tone="warn">paused</Badge>;
  if (sink.circuit === "open") return <Badge tone="bad">failing</Badge>;
  if (sink.dead_letters > 0) return <Badge tone="bad">refused events</Badge>;
  if (!sink.publishing) return <Badge tone="warn">no publisher</Badge>;
  if (sink.circuit === "half_open") return <Badge tone="warn">trying again</Badge>;
  return <Badge tone="good">publishing</Badge>;
}

/** "up to date", or how many events and how long it is behind. */
export function lagWords(sink: Row<"GET /v1/sinks">): string {
  if (sink.lag_events === 0) return "up to date";
  return `${counted(sink.lag_events, "event")}, ${span(sink.lag_seconds * 1_000)} behind`;
}
