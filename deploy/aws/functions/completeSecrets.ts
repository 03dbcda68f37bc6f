/**
 * What the set-up adds to secrets: the servers of a login, the key of a source, the form of the partners' key. None of it may stand in
 * a template: CloudFormation generates a secret anew, password and all, when its template changes.
 */
import type { Fields } from "./secretVersions.ts";

/** A login's fields with its servers, "host,host_2"; the second is that of reports. */
export function withHosts(fields: Fields, hosts: string): Fields {
  const [host, second = host] = hosts.split(",");
  return { ...fields, host, host_2: second };
}

/** The keys by source with one for this source; the others stay. What CloudFormation generated becomes the first source's key. */
export async function withSource(
  { password, ...keys }: Fields,
  source: string,
  newPassword: () => Promise<string>,
): Promise<Fields> {
  if (keys[source] !== undefined) return keys;
  return { ...keys, [source]: password ?? (await newPassword()) };
}

/** The key as the event processor and its partners take it (Standard Webhooks); letters and digits are base64 as well. */
export function withSigningSecret(fields: Fields): Fields {
  return { ...fields, secret: `whsec_${fields["password"]}` };
}
