/**
 * Customers: the references that issues and returns name, held against the Customer Base Service. Makes durable: the reference with
 * its standing, in the statement that accepts the movement. Who a customer is stays in that service.
 */
export {
  type CustomerCheck,
  type CustomerNote,
  createCustomerCheck,
} from "./customerCheck.ts";
export { movementCustomerRead } from "./queries.ts";
export { verifyWaitingCustomers } from "./verifyWaiting.ts";
