/** `stockline token`: what it prints is a token that the API takes, and nothing else; where it refuses. */
import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { createTokenVerifier } from "../../platform/accessTokens.ts";
import { homeWithInstance, runLine, temporaryFolder } from "./cliFixtures.ts";

describe("a token of the local instance", () => {
  test("is one line that the API's verifier takes", async () => {
    const { home, signIn } = await homeWithInstance();
    const args = ["token", "--role", "operator", "--warehouses", "RTM, LYS", "--subject", "ann"];
    const { status, out, err } = await runLine(args, { STOCKLINE_HOME: home });
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const verifier = await createTokenVerifier({
      JWT_ISSUER: signIn.issuer,
      JWT_AUDIENCE: signIn.audience,
      JWT_JWKS_URL: undefined,
      JWT_KEY_FILE: signIn.keyFile,
    });
    expect(await verifier.verify(out.trim())).toEqual({
      subject: "ann",
      roles: ["operator"],
      scopes: [],
      warehouses: ["RTM", "LYS"],
    });
  });

  test("names issuer and audience as the instance was started with, and lives as long as asked", async () => {
    const { home, signIn } = await homeWithInstance();
    const other = { ...signIn, issuer: "https://other.example", audience: "books" };
    const { home: second } = await homeWithInstance({ signIn: other });
    for (const [folder, issuer, audience] of [
      [home, "https://stockline.local", "stockline"],
      [second, "https://other.example", "books"],
    ] as const) {
      const args = ["token", "--role", "service", "--scopes", "read", "--lifetime", "90s"];
      const { out } = await runLine(args, { STOCKLINE_HOME: folder });
      const claims = decodeJwt(out.trim());
      expect(claims).toMatchObject({ iss: issuer, aud: audience, scope: "read" });
      expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(90);
    }
  });
});

describe("no token", () => {
  test("where no instance runs: not started, stopping, or its process gone", async () => {
    const stopping = await homeWithInstance({ stopping: true });
    const gone = await homeWithInstance({ pid: 2 ** 22 + 1 });
    for (const home of [temporaryFolder(), stopping.home, gone.home]) {
      const run = await runLine(["token", "--role", "admin"], { STOCKLINE_HOME: home });
      expect(run).toEqual({
        status: 2,
        out: "",
        err: `No Stockline runs on the data folder ${home}. Start one with npm start, or name the API of another with --url or STOCKLINE_URL.\n`,
      });
    }
  });

  test("where the instance takes its tokens from an external issuer", async () => {
    const jwksUrl = "https://id.example/keys";
    const signIn = { issuer: "https://id.example", audience: "stockline", jwksUrl };
    const { home } = await homeWithInstance({ signIn });
    const own = await homeWithInstance();
    const environments = [
      { STOCKLINE_HOME: home },
      { STOCKLINE_HOME: own.home, JWT_JWKS_URL: jwksUrl },
    ];
    for (const env of environments) {
      const { status, out, err } = await runLine(["token", "--role", "admin"], env);
      expect({ status, out }).toEqual({ status: 2, out: "" });
      expect(err).toContain(`takes its tokens from the issuer whose keys are at ${jwksUrl}`);
    }
  });

  test("for a role, lifetime or scope that there is not", async () => {
    const { home } = await homeWithInstance();
    const wrong = [
      [["--role", "boss"], "Allowed choices are viewer, operator, buyer, analyst, admin, service"],
      [["--role", "viewer", "--lifetime", "25h"], '--lifetime is "25h"; expected 1s to 24h'],
      [["--role", "viewer", "--lifetime", "0s"], '--lifetime is "0s"; expected 1s to 24h'],
      [["--role", "service", "--scopes", "read,fly"], '--scopes names "fly"; expected read, '],
      [["--role", "viewer", "--warehouses", "A,,B"], '"A,,B" is not a list'],
      [[], "required option '--role <role>' not specified"],
    ] as const;
    for (const [args, sentence] of wrong) {
      const { status, out, err } = await runLine(["token", ...args], { STOCKLINE_HOME: home });
      expect({ status, out }).toEqual({ status: 2, out: "" });
      expect(err).toContain(sentence);
    }
  });
});
