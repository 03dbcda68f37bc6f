/** The secret store that is AWS Secrets Manager. */
import {
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import type { Fields, SecretStore } from "./secretVersions.ts";

const PASSWORD_LENGTH = 48;

/** The store of this account and region. */
export function createSecretStore(client = new SecretsManagerClient({})): SecretStore {
  return {
    read: async (SecretId, VersionStage, VersionId) => {
      try {
        const { SecretString } = await client.send(
          new GetSecretValueCommand({ SecretId, VersionStage, VersionId }),
        );
        return parseFields(SecretString ?? "");
      } catch (error: unknown) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },
    write: async (SecretId, fields, token) => {
      await client.send(
        new PutSecretValueCommand({
          SecretId,
          SecretString: JSON.stringify(fields),
          VersionStages: [token === undefined ? "AWSCURRENT" : "AWSPENDING"],
          ...(token === undefined ? {} : { ClientRequestToken: token }),
        }),
      );
    },
    promote: async (SecretId, token) => {
      const { VersionIdsToStages: stages = {} } = await client.send(
        new DescribeSecretCommand({ SecretId }),
      );
      const [current] = Object.entries(stages).find(([, it]) => it.includes("AWSCURRENT")) ?? [];
      if (current === token) return;
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId,
          VersionStage: "AWSCURRENT",
          MoveToVersionId: token,
          RemoveFromVersionId: current,
        }),
      );
    },
    newPassword: async () => {
      const { RandomPassword } = await client.send(
        new GetRandomPasswordCommand({
          PasswordLength: PASSWORD_LENGTH,
          ExcludePunctuation: true,
          IncludeSpace: false,
        }),
      );
      if (RandomPassword === undefined) throw new Error("Secrets Manager answered no password");
      return RandomPassword;
    },
  };
}

function parseFields(text: string): Fields {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new Error("a secret is no JSON object");
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, String(it)]));
}
