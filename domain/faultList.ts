/** Collects the faults of one input: as many as an answer names, and how many there are. */
import { FAULTS_NAMED_MAX, type InputFault, InvalidInputError } from "./errors.ts";

export class FaultList {
  /** The first faults, as many as an answer names. */
  readonly named: InputFault[] = [];
  #count = 0;

  /** How many there are, named or not. */
  get count(): number {
    return this.#count;
  }

  /** Counts one more; it is worded only where it will be named, so that ten thousand wrong lines cost no sentences. */
  add(word: () => InputFault): void {
    this.#count += 1;
    if (this.named.length < FAULTS_NAMED_MAX) this.named.push(word());
  }

  /** What they are refused with. Default code: the fault's own where there is one, else validation_failed. */
  toError(code = this.#count === 1 ? this.named[0]?.code : undefined): InvalidInputError {
    return new InvalidInputError(this.named, code, this.#count);
  }
}
