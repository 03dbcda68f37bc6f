/** The file as a whole can't be imported: the import ends as failed with this code and sentence, and is not tried again. */
import { StocklineError } from "../../domain/errors.ts";

export class ImportFileError extends StocklineError {}
