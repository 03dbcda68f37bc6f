/** Personal data: its keys, sealing what is plain or under an old key, and a person's export and erasure. */
export { createPersonalData, rotateDataKey } from "./keyring.ts";
export {
  type Erasure,
  erasePerson,
  exportPerson,
  type PersonDocument,
  type PersonKey,
} from "./person.ts";
export { protectPersonalData } from "./protectPersonalData.ts";
