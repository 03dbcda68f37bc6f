/** Downloads to the person's disk: what needs our token is fetched, what is signed by its own address is opened. */
import type { Api } from "./api.ts";

/** How long a saved file stays in memory for the browser to take it. */
const KEEP_MS = 60_000;

/** Fetches a path of the API and hands it over as a file. */
export async function saveFromApi(api: Api, path: string, name: string): Promise<void> {
  const response = await api.open(path);
  const address = URL.createObjectURL(await response.blob());
  follow(address, nameOf(response.headers.get("content-disposition")) ?? name);
  setTimeout(() => URL.revokeObjectURL(address), KEEP_MS);
}

/** Opens a signed address; object storage says that it is an attachment. */
export function saveFromStorage(address: string): void {
  follow(address, "");
}

function follow(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.rel = "noopener";
  document.body.append(link);
  link.click();
  link.remove();
}

function nameOf(disposition: string | null): string | undefined {
  return /filename="([^"/\\]+)"/.exec(disposition ?? "")?.[1];
}
