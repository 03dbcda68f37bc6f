/** Where movements stand: reading outcomes, waiting for them; and the movements that follow from another one. */
export { arrivalCommands, reversalCommand } from "./consequences.ts";
export { OutcomeWaiter } from "./outcomeWaiter.ts";
export { movementOriginalRead, type OriginalRow } from "./queries/originals.ts";
export { type MovementRow, movementsOfRequestRead, movementsRead } from "./queries/standing.ts";
