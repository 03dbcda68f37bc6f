/** Where movements stand: reading outcomes, and waiting for them. */
export { OutcomeWaiter } from "./outcomeWaiter.ts";
export { type MovementRow, movementsOfRequestRead, movementsRead } from "./queries.ts";
