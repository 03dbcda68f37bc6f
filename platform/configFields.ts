/** What the table of variables is made of: the form of an entry, and the kinds of values that many share. */
import { z } from "zod";

/** One environment variable. */
export interface Variable {
  readonly schema: z.ZodType<unknown, unknown>;
  /** What a right value looks like; stands in the error sentence. */
  readonly expected: string;
  readonly description: string;
  /** Shown in docs; the schema itself holds the effective default. */
  readonly default?: string;
  readonly secret?: true;
}

/** A TCP port. */
export const port = z.coerce.number().int().min(0).max(65_535);
/** A whole number within bounds. */
export const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
/** A URL of one of the protocols. */
export const url = (...protocols: readonly string[]) =>
  z.string().refine((text) => {
    return URL.canParse(text) && protocols.includes(new URL(text).protocol);
  });
/** Address of a PostgreSQL database. */
export const postgresUrl = url("postgres:", "postgresql:");
/** Address of an HTTP server. */
export const httpUrl = url("http:", "https:");

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;
