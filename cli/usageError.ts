/** A fault of the command line that only this program can see, worded for the person who typed it. */
import { StocklineError } from "../domain/errors.ts";

/** Ends the command with status 2. */
export class UsageError extends StocklineError {
  constructor(detail: string, code = "usage") {
    super({ code, detail });
  }
}
