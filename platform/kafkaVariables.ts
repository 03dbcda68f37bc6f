/** Variables of Kafka: where its brokers are and how they are reached. Part of the table in config.ts, which alone reads the environment. */
import { z } from "zod";

const yesOrNo = z.enum(["true", "false"]).transform((text) => text === "true");

export const KAFKA_VARIABLES = {
  KAFKA_BROKERS: {
    schema: z
      .string()
      .regex(/^[^,\s]+:\d+(,[^,\s]+:\d+)*$/)
      .optional(),
    expected: "host:port, or several separated by commas",
    description: "Kafka brokers; no Kafka sink when unset.",
  },
  KAFKA_TOPIC: {
    schema: z.string().min(1).default("stockline.events"),
    expected: "a topic name",
    description: "Topic that events are published to.",
    default: "stockline.events",
  },
  KAFKA_TLS: {
    schema: yesOrNo.default(false),
    expected: "true or false",
    description: "Whether the brokers are reached by TLS; their certificates are verified.",
    default: "false",
  },
  KAFKA_TLS_CA_FILE: {
    schema: z.string().min(1).optional(),
    expected: "a PEM file",
    description: "CA of the brokers' certificates, where it is none that the system trusts.",
  },
  KAFKA_SASL_MECHANISM: {
    schema: z.enum(["plain", "scram-sha-256", "scram-sha-512"]).optional(),
    expected: "plain, scram-sha-256 or scram-sha-512",
    description: "How clients sign in at the brokers (SASL); not at all when unset.",
  },
  KAFKA_SASL_USERNAME: {
    schema: z.string().min(1).optional(),
    expected: "a user's name",
    description: "User for SASL.",
  },
  KAFKA_SASL_PASSWORD: {
    schema: z.string().min(1).optional(),
    expected: "a password",
    description: "Password for SASL.",
    secret: true,
  },
} as const;

const USER = ["KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"];

/** What is wrong between the variables: who signs in needs a user, and in production a password must not travel in the clear. */
export function kafkaFaults(values: Readonly<Record<string, unknown>>): string[] {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_TLS: tls } = values;
  const isClear = mechanism === "plain" && tls !== true && values["NODE_ENV"] === "production";
  const hasCaInVain = values["KAFKA_TLS_CA_FILE"] !== undefined && tls !== true;
  return [
    ...USER.flatMap((name) => {
      const isGiven = values[name] !== undefined;
      if (isGiven === (mechanism !== undefined)) return [];
      const [missing, beside] = isGiven
        ? ["KAFKA_SASL_MECHANISM", name]
        : [name, "KAFKA_SASL_MECHANISM"];
      return [`${missing} is not set; expected it beside ${beside}`];
    }),
    ...(isClear
      ? ["KAFKA_TLS is false; expected true in production, since KAFKA_SASL_MECHANISM is plain"]
      : []),
    ...(hasCaInVain ? ["KAFKA_TLS is false; expected true beside KAFKA_TLS_CA_FILE"] : []),
  ];
}
