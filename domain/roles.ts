/** Who may do what: the closed list of roles and the permissions that each carries. Deny by default. */

/** Roles that a token can carry. */
export const ROLES = ["viewer", "operator", "buyer", "analyst", "admin", "service"] as const;
export type Role = (typeof ROLES)[number];

/** What a route can ask for. */
export const PERMISSIONS = [
  "read",
  "catalogue:write",
  "movements:write",
  "imports:movements",
  "imports:catalogue",
  "purchasing:write",
  "reports:run",
  "jobs:run",
  "sinks:manage",
  "sources:manage",
  "ledger:verify",
  "periods:close",
  "lanes:manage",
  "users:manage",
  "audit:read",
  "privacy:manage",
] as const;
export type Permission = (typeof PERMISSIONS)[number];

const GRANTS: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ["read"],
  operator: ["read", "movements:write", "imports:movements"],
  buyer: ["read", "purchasing:write", "imports:catalogue"],
  analyst: ["read", "reports:run"],
  admin: PERMISSIONS,
  // A machine client has nothing by its role: its token names each permission in the claim "scope".
  service: [],
};

/** True where one of the roles, or the scope claim of a service token, carries the permission. */
export function mayDo(
  bearer: { readonly roles: readonly Role[]; readonly scopes: readonly string[] },
  permission: Permission,
): boolean {
  if (bearer.roles.some((role) => GRANTS[role].includes(permission))) return true;
  return bearer.roles.includes("service") && bearer.scopes.includes(permission);
}

/** Narrows a text to a role. */
export function isRole(text: unknown): text is Role {
  return ROLES.some((role) => role === text);
}
