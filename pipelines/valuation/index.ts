/** Valuation of stock beside the ledger: moving average and FIFO by business time. Brought up to date by the job value-stock. */
export { type ValuedLevelRow, valuedLevelsRead } from "./queries/levels.ts";
export { type ValuationOutcome, valueStock } from "./valueStock.ts";
