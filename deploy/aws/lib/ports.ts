/** Ports on which something of ours listens. */
export const API_PORT = 3001;
export const DATABASE_PORT = 5432;
export const REDIS_PORT = 6379;
/** The listener on which CodeDeploy has the new version before it gets any traffic; nobody outside reaches it. */
export const TEST_LISTENER_PORT = 8443;
