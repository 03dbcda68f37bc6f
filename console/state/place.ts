/** Addresses of the console: the part behind "#", read and written. */

export interface Place {
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** Reads an address: "#/stock/TEA-01/MAIN?as_of=…". */
export function parsePlace(hash: string): Place {
  const [path, search = ""] = splitOnce(hash.replace(/^#\/?/, ""), "?");
  return {
    path: path
      .split("/")
      .filter((part) => part !== "")
      .map(decoded),
    query: Object.fromEntries(new URLSearchParams(search)),
  };
}

/** Writes the address of a place; empty values of the query are left out. */
export function placeOf(
  path: readonly string[],
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") search.set(name, value);
  }
  const tail = search.size === 0 ? "" : `?${search.toString()}`;
  return `#/${path.map(encodeURIComponent).join("/")}${tail}`;
}

function splitOnce(text: string, at: string): [string, string?] {
  const index = text.indexOf(at);
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + at.length)];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a broken address is shown as it is, and finds nothing
  }
}
