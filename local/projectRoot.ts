/** The checkout that this code runs from; the command-line client finds it in the same way. */
export { projectRoot } from "../platform/projectRoot.ts";
