/**
 * Embedded object storage: s3rver with its objects as plain files under STOCKLINE_HOME/s3, and the
 * bucket `stockline`. It knows one pair of credentials, which is public and good for nothing else.
 */
import { answers, awaitReady, startOnPort } from "./awaitReady.ts";
import { startEmulator } from "./emulator.ts";
import { type BackendOptions, backendOf, type LocalBackend, makeFolder } from "./localBackend.ts";

const BUCKET = "stockline";

/** Starts s3rver; ready when it answers HTTP. */
export function startS3(options: BackendOptions): Promise<LocalBackend> {
  const folder = makeFolder(options.home, "s3");
  return startOnPort(options.port, async (port) => {
    const child = await startEmulator({
      name: "s3",
      home: options.home,
      program: "s3rver/bin/s3rver.js",
      args: [
        ...["--directory", folder, "--address", "127.0.0.1", "--port", String(port)],
        ...["--silent", "--no-vhost-buckets", "--configure-bucket", BUCKET],
      ],
    });
    const endpoint = `http://127.0.0.1:${port}`;
    await awaitReady(child, () => answers(endpoint));
    return backendOf(child, port, {
      S3_ENDPOINT: endpoint,
      S3_BUCKET: BUCKET,
      S3_REGION: "us-east-1",
      S3_ACCESS_KEY_ID: "S3RVER",
      S3_SECRET_ACCESS_KEY: "S3RVER",
    });
  });
}
