/** A certificate authority made by openssl in a folder of its own, with a server's and a client's certificate. */
import { execFileSync } from "node:child_process";
import { chownSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Certificates {
  readonly ca: string;
  /** For localhost. */
  readonly server: KeyPair;
  /** For another name, by the same CA. */
  readonly stranger: KeyPair;
  /** For the login stockline_writer. */
  readonly client: KeyPair;
  /** A CA that signed none of them. */
  readonly otherCa: string;
}

interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Makes them; keys belong to `owner` (the user of the server), since PostgreSQL refuses others. */
export function makeCertificates(home: string, owner: { uid: number; gid: number }): Certificates {
  const folder = mkdtempSync(join(home, "tls-"));
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { stdio: "ignore" });
  };
  const key = (name: string): string => {
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", at(`${name}.key`));
    return at(`${name}.key`);
  };
  const authority = (name: string): string => {
    const args = ["-days", "2", "-subj", `/CN=${name}`, "-out", at(`${name}.crt`)];
    openssl("req", "-x509", "-new", "-key", key(name), ...args);
    return at(`${name}.crt`);
  };
  const ca = authority("ca");
  const pair = (name: string, commonName: string): KeyPair => {
    const keyFile = key(name);
    const request = at(`${name}.csr`);
    openssl("req", "-new", "-key", keyFile, "-subj", `/CN=${commonName}`, "-out", request);
    writeFileSync(at(`${name}.ext`), `subjectAltName=DNS:${commonName}\n`);
    const cert = at(`${name}.crt`);
    const by = ["-CA", ca, "-CAkey", at("ca.key"), "-CAcreateserial", "-days", "2"];
    openssl("x509", "-req", "-in", request, ...by, "-extfile", at(`${name}.ext`), "-out", cert);
    chownSync(keyFile, owner.uid, owner.gid);
    return { cert, key: keyFile };
  };
  const made = {
    ca,
    server: pair("server", "localhost"),
    stranger: pair("stranger", "db.example"),
    client: pair("client", "stockline_writer"),
    otherCa: authority("other"),
  };
  chownSync(folder, owner.uid, owner.gid);
  return made;
}
