/** Where in the console one is, so that every view can be linked to. */
import { useEffect, useState } from "preact/hooks";
import { type Place, parsePlace, placeOf } from "./place.ts";

/** The place that the address bar names; the view is drawn anew when it changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(() => parsePlace(window.location.hash));
  useEffect(() => {
    const read = (): void => setPlace(parsePlace(window.location.hash));
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }, []);
  return place;
}

/** Goes to a place. */
export function goTo(
  path: readonly string[],
  query: Readonly<Record<string, string | undefined>> = {},
): void {
  window.location.hash = placeOf(path, query);
}
