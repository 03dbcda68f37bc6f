/** A figure as PromQL. */
import type { Figure, OwnFigure } from "./figures.ts";

/** The expression; undefined where only AWS has such a figure. `windowMinutes` is what a growth is counted over. */
export function promql(figure: Figure, windowMinutes: number): string | undefined {
  return figure.kind === "own" ? ownPromql(figure, windowMinutes) : figure.prometheus;
}

function ownPromql({ metric, process, read, where = {}, by }: OwnFigure, windowMinutes: number) {
  const labels = Object.entries({ process, ...where }).map(([name, value]) => `${name}="${value}"`);
  const series = `${metric}{${labels.join(",")}}`;
  const per = by === undefined ? "" : ` by (${by})`;
  switch (read) {
    case "highest":
      return `max${per}(${series})`;
    case "increase":
      return `sum${per}(increase(${series}[${windowMinutes}m]))`;
    case "rate":
      return `sum${per}(rate(${series}[5m]))`;
    case "age":
      // Each process tells when it did it last: the newest counts; of several of a kind the oldest.
      return `time() - min(max by (${by ?? "process"}) (${series}))`;
  }
}
