/** A collector on loopback that takes OTLP over HTTP in JSON, as any other would, and keeps the spans. */
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";

const attribute = z.looseObject({
  key: z.string(),
  value: z.looseObject({ stringValue: z.string().optional() }),
});
const span = z.looseObject({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  attributes: z.array(attribute).default([]),
  links: z.array(z.looseObject({ traceId: z.string(), spanId: z.string() })).default([]),
});
const request = z.looseObject({
  resourceSpans: z.array(
    z.looseObject({
      resource: z.looseObject({ attributes: z.array(attribute) }),
      scopeSpans: z.array(z.looseObject({ spans: z.array(span) })),
    }),
  ),
});

/** A span as it arrived, with the service that sent it. */
export type ReceivedSpan = z.output<typeof span> & { readonly service: string };

export interface OtlpReceiver {
  readonly endpoint: string;
  readonly spans: readonly ReceivedSpan[];
  close(): Promise<void>;
}

/** Listens on a free port. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      for (const { resource, scopeSpans } of request.parse(JSON.parse(body)).resourceSpans) {
        const named = resource.attributes.find(({ key }) => key === "service.name");
        const service = named?.value.stringValue ?? "";
        for (const scope of scopeSpans) {
          for (const one of scope.spans) spans.push({ ...one, service });
        }
      }
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
