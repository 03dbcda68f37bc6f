/** Reservations: what becomes of them when their time is over. */
export { type Released, releaseLapsedReservations } from "./releaseLapsed.ts";
