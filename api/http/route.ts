/**
 * How a route is declared: what it takes, who may call it, what it answers. The declaration is the only source for
 * validation, authorization (deny by default) and the OpenAPI document.
 */
import type { Context as HonoContext } from "hono";
import type { z } from "zod";
import type { Caller } from "../../platform/accessTokens.ts";
import type { RateClass } from "../../platform/rateLimits.ts";
import type { Demand } from "./authorize.ts";

/** Values that travel with a request in Hono's context: none, the handlers get theirs as arguments. */
export interface AppEnv {
  Variables: Record<never, never>;
}

export type Method = "get" | "post" | "patch" | "put" | "delete";

/** Request headers that a handler reads itself. */
export type RequestHeader = "If-Match" | "Prefer" | "Cache-Control";

/** Headers of an answer, beside those that every answer has. */
export type AnswerHeader = "ETag" | "Location" | "Preference-Applied" | "Retry-After";

/** A body that a route reads itself. */
export interface ReadBody<R> {
  /** What the handler gets. */
  readonly value: R;
  /** What makes two bodies the same for an Idempotency-Key; JSON. */
  readonly content: unknown;
  /** Gives up what was stored on the way, where the handler will not run. */
  discard(): Promise<void>;
}

/** "never": the key is not looked at. Otherwise members of the body that are not kept as they are, and of the answer that are not kept. "sealed": the answer speaks of a person. */
export type SecretsOnTheWay =
  | "never"
  | { readonly bodySecret?: string; readonly answerSecret?: string; readonly sealed?: true };

/** What a handler gets: everything checked. */
export interface RouteInput<P, Q, B, R = undefined> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** What `rawBody.read` answered. */
  readonly raw: R;
  readonly caller: Caller;
  /** Present where the client sent an Idempotency-Key: names this client's attempt, stable over retries. */
  readonly idempotencyScope: string | undefined;
  readonly c: HonoContext<AppEnv>;
}

/** What a handler answers: a status with JSON, or a Response of its own (streams, downloads). */
export type RouteAnswer =
  | Response
  | {
      readonly status: 200 | 201 | 202 | 204;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    };

interface RouteDeclaration<
  P extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
  R,
> {
  readonly method: Method;
  /** OpenAPI form: /v1/items/{id} */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** "public": no token; "signed-in": any valid one; otherwise what the caller must be allowed to do (of a list: any one). */
  readonly permission: Demand;
  /** Which limit of requests counts; by default that of its method. "none": not limited (probes). */
  readonly rateClass?: RateClass | "none";
  /** How an Idempotency-Key is taken where secrets pass; by default the whole answer is kept. */
  readonly idempotency?: SecretsOnTheWay;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Picks the one form of `body` that a request means, where it has several, so that faults speak of that form only. */
  readonly bodyForm?: (raw: unknown) => z.ZodType;
  /** The route reads the body itself (uploads), before its Idempotency-Key is looked at; the rest is for the document. */
  readonly rawBody?: {
    readonly contentType: string;
    readonly schema: z.ZodType;
    readonly read: (c: HonoContext<AppEnv>, caller: Caller) => Promise<ReadBody<R>>;
  };
  /** Request headers that the handler reads; Idempotency-Key is every POST's. */
  readonly reads?: readonly RequestHeader[];
  /** Answers by status; problem answers are added by themselves. */
  readonly answers: Readonly<
    Record<
      number,
      {
        readonly description: string;
        readonly schema?: z.ZodType;
        readonly contentType?: string;
        /** Schemas of other content types that the answer may have. */
        readonly also?: Readonly<Record<string, z.ZodType>>;
        readonly headers?: readonly AnswerHeader[];
      }
    >
  >;
  readonly handler: (input: RouteInput<Parsed<P>, Parsed<Q>, Parsed<B>, R>) => Promise<RouteAnswer>;
}

type Parsed<T extends z.ZodType | undefined> = T extends z.ZodType ? z.output<T> : undefined;

/** A declared route with its types folded away, ready to be mounted. */
export interface Route
  extends Omit<
    RouteDeclaration<z.ZodType | undefined, z.ZodType | undefined, z.ZodType | undefined, unknown>,
    "handler"
  > {
  readonly handler: (input: RouteInput<never, never, never, never>) => Promise<RouteAnswer>;
}

/** Declares a route; keeps the handler's types in step with the schemas. */
export function defineRoute<
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  R = undefined,
>(declaration: RouteDeclaration<P, Q, B, R>): Route {
  return declaration;
}
