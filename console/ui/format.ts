/** Figures and times as the console shows them. Quantities stay text: nothing is rounded, no decimal becomes a float. */

/** A decimal string with grouped digits: "12345.5" is "12,345.5". */
export function grouped(decimal: string | number): string {
  const [whole = "", fraction] = String(decimal).split(".");
  const digits = whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? digits : `${digits}.${fraction}`;
}

/** A count with its noun: "1 row", "20,088 rows". */
export function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : nouns}`;
}

/** A span of time in its largest unit: "4 s", "12 min", "3 h", "5 d". */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** How long something took: "340 ms", "4.2 s", "3 min 5 s". */
export function took(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A size: "812 B", "1.4 MB". */
export function byteSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(2)} GB`;
}

/** A moment in the person's own time zone: 2026-03-01 12:00:05. */
export function localTime(time: string | number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return String(time);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}

/** A machine word for people: "partially_received" is "partially received". */
export function words(word: string): string {
  return word.replaceAll(/[_-]/g, " ");
}

/** The first and last digits of a long id. */
export function shortId(id: string): string {
  return id.length > 20 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
}

/** The same as a form's field of local time takes it; "" for none. */
export function localField(time: string | undefined): string {
  return time === undefined ? "" : localTime(time).replace(" ", "T");
}

/** What a form's field of local time means: RFC 3339 in UTC; undefined for an empty one. */
export function instantOf(local: string): string | undefined {
  if (local === "") return undefined;
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? local : date.toISOString();
}

/** A value of unknown shape as text: texts as they are, the rest as JSON. */
export function plain(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
