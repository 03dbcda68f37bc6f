/** The backlog of accepted, undecided movements: its figures for the metrics, and the gate that holds intake back. */
export { BacklogGate } from "./backlogGate.ts";
export { BacklogWatch } from "./backlogWatch.ts";
