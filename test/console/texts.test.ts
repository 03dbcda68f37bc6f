// What the console reads and writes: addresses, figures, problems, streams, tokens.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readEvents } from "../../console/http/readEvents.ts";
import { isUndecided, Refusal, readProblem, Unreached } from "../../console/http/refusal.ts";
import { parseTokens, readClaims } from "../../console/session/tokens.ts";
import { parsePlace, placeOf } from "../../console/state/place.ts";
import { byteSize, grouped, instantOf, localField, span, took } from "../../console/ui/format.ts";

describe("addresses", () => {
  test("any SKU and any search survives the way into the address and back", () => {
    const part = fc.string({ minLength: 1 });
    const query = fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), part);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 3 }), query, (path, given) => {
        const place = parsePlace(placeOf(path, given));
        expect(place.path).toEqual(path);
        expect({ ...place.query }).toEqual({ ...given });
      }),
    );
  });

  test("a broken address is shown as it is", () => {
    expect(parsePlace("#/stock/%E0%A4%A/MAIN").path).toEqual(["stock", "%E0%A4%A", "MAIN"]);
    expect(parsePlace("").path).toEqual([]);
  });
});

describe("figures", () => {
  test("quantities keep every digit, grouped", () => {
    expect(grouped("1234567.0001")).toBe("1,234,567.0001");
    expect(grouped("-12345")).toBe("-12,345");
    expect(grouped("9999999999999999999.5")).toBe("9,999,999,999,999,999,999.5");
    expect(grouped(999)).toBe("999");
  });

  test("spans name their largest unit and are never negative", () => {
    expect([0, -5_000, 59_000, 61_000, 7_200_000, 172_800_000].map(span)).toEqual([
      "0 s",
      "0 s",
      "59 s",
      "1 min",
      "2 h",
      "2 d",
    ]);
    expect([took(340), took(4_200), took(185_000)]).toEqual(["340 ms", "4.2 s", "3 min 5 s"]);
    expect([byteSize(12), byteSize(1_400_000)]).toEqual(["12 B", "1.4 MB"]);
  });

  test("a form's local time becomes an instant; what is none is left for the API to refuse", () => {
    expect(instantOf("")).toBeUndefined();
    expect(instantOf("2026-03-01T12:00")).toBe(new Date("2026-03-01T12:00").toISOString());
    expect(instantOf("yesterday")).toBe("yesterday");
    expect(instantOf(localField("2026-03-01T12:00:05.000Z"))).toBe("2026-03-01T12:00:05.000Z");
  });
});

describe("refusals", () => {
  test("the API's own words are kept, with each fault's place", () => {
    const text = JSON.stringify({
      title: "Invalid input",
      detail: "two faults",
      code: "invalid_input",
      errors: [{ pointer: "/quantity", code: "required", detail: "quantity is missing" }],
      import_id: "x",
    });
    expect(readProblem(422, text)).toMatchObject({
      title: "Invalid input",
      detail: "two faults",
      code: "invalid_input",
      errors: [{ pointer: "/quantity", code: "required", detail: "quantity is missing" }],
      members: { import_id: "x" },
    });
  });

  test("a proxy's page is shown as text, cut", () => {
    const problem = readProblem(502, `<html>${"x".repeat(1_000)}</html>`);
    expect([problem.title, problem.code, problem.detail.length]).toEqual([
      "HTTP 502",
      "http_502",
      300,
    ]);
  });

  test("an attempt goes on under its key only while nobody knows what became of it", () => {
    const refused = (status: number, code = "x") =>
      new Refusal(status, readProblem(status, JSON.stringify({ code })), undefined);
    const undecided = [503, 500, 401, 429].map((status) => isUndecided(refused(status)));
    expect(undecided).toEqual([true, true, true, true]);
    expect(isUndecided(new Unreached("no connection"))).toBe(true);
    expect(isUndecided(refused(409, "idempotency_key_in_flight"))).toBe(true);
    expect([409, 422, 412, 403].map((status) => isUndecided(refused(status)))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

test("events of a stream are read whole, however the stream is cut", async () => {
  const text =
    'retry: 1000\n\nid: 1\nevent: progress\ndata: {"name":"Käse"}\n\n: still here\n\nid: 2\nevent: end\ndata: a\ndata: b\n\nevent: lost\ndata: never ended';
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 3, 7, bytes.length]) {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (let at = 0; at < bytes.length; at += size) {
          controller.enqueue(bytes.slice(at, at + size));
        }
        controller.close();
      },
    });
    const events: unknown[] = [];
    for await (const event of readEvents(body, 10_000)) events.push(event);
    expect(events).toEqual([
      { event: "progress", data: '{"name":"Käse"}', id: "1" },
      { event: "end", data: "a\nb", id: "2" },
    ]);
  }
});

test("a stream that was lost on the way is not waited for", async () => {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("data: 1\n\n")),
  });
  const events = readEvents(body, 20);
  expect(await events.next()).toMatchObject({ value: { data: "1" } });
  await expect(events.next()).rejects.toThrow("nothing came for 0.02 s");
});

describe("tokens", () => {
  const jwt = (claims: object) =>
    ["{}", JSON.stringify(claims), "signature"]
      .map((part) => Buffer.from(part).toString("base64url"))
      .join(".");

  test("a token's expiry and subject are read from it", () => {
    expect(readClaims(jwt({ exp: 1_800_000_000, sub: "Zoë" }))).toEqual({
      expiresAtMs: 1_800_000_000_000,
      subject: "Zoë",
    });
    for (const none of ["", "a.b", "a.%%%.c", jwt({ sub: "x" }), "hello"]) {
      expect([none, readClaims(none)]).toEqual([none, undefined]);
    }
  });

  test("what was kept is taken up; anything else is not", () => {
    const kept = { access: "a", refresh: "r", expiresAtMs: 5, name: "me" };
    expect(parseTokens(JSON.stringify(kept))).toEqual(kept);
    for (const odd of [null, "", "null", "3", "{}", '{"access":1,"expiresAtMs":2}']) {
      expect([odd, parseTokens(odd)]).toEqual([odd, undefined]);
    }
  });
});
