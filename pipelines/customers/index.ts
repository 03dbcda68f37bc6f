/**
 * Customers: the references that issues and returns name, held against the Customer Base Service. Makes durable: the reference, sealed, with
 * its standing, in the statement that accepts the movement. Who a customer is stays in that service.
 */
export { type CustomerCheck, createCustomerCheck } from "./customerCheck.ts";
export {
  type CustomerMovement,
  customerMovementIds,
  customerMovements,
  forgetCustomer,
} from "./customerMovements.ts";
export type { CustomerNote } from "./customerStanding.ts";
export { readMovementCustomer, type SealedCustomer } from "./sealCustomer.ts";
export { verifyWaitingCustomers } from "./verifyWaiting.ts";
