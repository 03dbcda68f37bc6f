/** A secret store as the functions need it: read a stage, write a version, move the stage. Names no library, so that tests need none. */

export type Stage = "AWSCURRENT" | "AWSPENDING";
export type Fields = Readonly<Record<string, string | undefined>>;

export interface SecretStore {
  /** The fields of a version; undefined where there is none. */
  read(secretId: string, stage: Stage, version?: string): Promise<Fields | undefined>;
  /** Writes a version as AWSPENDING under the rotation's token, or as the current one. */
  write(secretId: string, fields: Fields, pendingToken?: string): Promise<void>;
  /** Makes the pending version the current one; nothing happens where it is already. */
  promote(secretId: string, token: string): Promise<void>;
  newPassword(): Promise<string>;
}
