/** A text that comes in pieces, of which only so much is held as a cell may have. */
import { cellText } from "./cellValues.ts";
import { type FaultyCell, tooLong } from "./sheetCell.ts";

/** Characters of the escape of one character. */
const ESCAPE_CHARS = 7;

export class LongText {
  readonly #charsMax: number;
  #text = "";
  #chars = 0;

  constructor(charsMax: number) {
    this.#charsMax = charsMax;
  }

  clear(): void {
    this.#text = "";
    this.#chars = 0;
  }

  add(piece: string): void {
    this.#chars += piece.length;
    if (this.#text.length <= this.#charsMax * ESCAPE_CHARS) this.#text += piece;
  }

  /** The text as it was written, which may be cut past the bound that `cell` looks at. */
  get raw(): string {
    return this.#text;
  }

  /** The fault of a text that is too long whatever its escapes are; undefined for one that may fit. */
  fault(): FaultyCell | undefined {
    const isCut = this.#chars > this.#text.length;
    return isCut ? tooLong(this.#text, this.#chars) : undefined;
  }

  /** The text with its escapes resolved, or its fault. */
  cell(): string | FaultyCell {
    return this.fault() ?? cellText(this.#text, this.#charsMax);
  }
}
