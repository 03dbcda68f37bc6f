/**
 * Many texts by index in little memory: the first ones as they are, since those repeat most, the others as UTF-8 in blocks,
 * made into texts again when they are asked for.
 */
import { type FaultyCell, isFaulty } from "./sheetCell.ts";

/** Texts that are held as they are: some ten megabytes. */
const PLAIN_TEXTS = 100_000;
/** Far more than one text of a cell; all blocks together stay below what 32 bits count. */
const BLOCK_BYTES = 1024 * 1024;
const FIRST_PLACES = 65_536;

export class TextStore {
  readonly #plain: (string | FaultyCell)[] = [];
  readonly #faults = new Map<number, FaultyCell>();
  readonly #blocks: Buffer[] = [];
  /** Where the packed text of an index begins and ends: block times BLOCK_BYTES plus its place in the block, twice a text. */
  #places = new Uint32Array(FIRST_PLACES * 2);
  #packed = 0;
  #end = BLOCK_BYTES;

  get length(): number {
    return this.#plain.length + this.#packed;
  }

  add(text: string | FaultyCell): void {
    if (this.#plain.length < PLAIN_TEXTS) this.#plain.push(text);
    else if (isFaulty(text)) {
      this.#faults.set(this.#packed, text);
      this.#note(0, 0);
    } else this.#pack(text);
  }

  /** The text of an index; undefined where there is none. */
  get(index: number): string | FaultyCell | undefined {
    if (index < this.#plain.length) return this.#plain[index];
    const nth = index - this.#plain.length;
    if (!(nth < this.#packed)) return undefined;
    const start = this.#places[nth * 2] ?? 0;
    const bytes = (this.#places[nth * 2 + 1] ?? 0) - start;
    const at = start % BLOCK_BYTES;
    const block = this.#blocks[Math.floor(start / BLOCK_BYTES)];
    return this.#faults.get(nth) ?? block?.toString("utf8", at, at + bytes) ?? "";
  }

  /** A text that does not fit into the rest of a block begins the next one. */
  #pack(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (this.#end + bytes > BLOCK_BYTES) {
      this.#blocks.push(Buffer.allocUnsafeSlow(BLOCK_BYTES));
      this.#end = 0;
    }
    this.#blocks.at(-1)?.write(text, this.#end, "utf8");
    const start = (this.#blocks.length - 1) * BLOCK_BYTES + this.#end;
    this.#end += bytes;
    this.#note(start, start + bytes);
  }

  #note(start: number, end: number): void {
    if (this.#packed * 2 === this.#places.length) {
      const places = new Uint32Array(this.#places.length * 2);
      places.set(this.#places);
      this.#places = places;
    }
    this.#places[this.#packed * 2] = start;
    this.#places[this.#packed * 2 + 1] = end;
    this.#packed += 1;
  }
}
