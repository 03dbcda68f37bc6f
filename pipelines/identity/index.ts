/** Identity: who signs in and how, users and machine clients, and what their tokens may do at this moment. */
export { type BearerRights, type Bearers, createBearers } from "./bearers.ts";
export { eraseUsers } from "./eraseUsers.ts";
export {
  type ServiceClientRow,
  serviceClientsPage,
} from "./queries/serviceClients.ts";
export { sessionsExpire } from "./queries/sessions.ts";
export type { UserChange, UserRow } from "./queries/users.ts";
export {
  clientRights,
  createServiceClient,
  patchServiceClient,
  readServiceClient,
  rotateSecret,
  type ServiceClientDeps,
} from "./serviceClients.ts";
export {
  type OpenSession,
  refreshSession,
  type SignInDeps,
  signIn,
  signOut,
  signOutByToken,
} from "./signIn.ts";
export {
  changeOwnPassword,
  createUser,
  endSessions,
  listUsers,
  patchUser,
  readUser,
  resetPassword,
  type UserDeps,
} from "./users.ts";
