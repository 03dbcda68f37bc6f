/** Users, for administrators: who there is, roles and warehouses, a new one, ending sessions. */
import type { Row, Taken } from "../../client/operations.ts";
import { useApi } from "../state/context.ts";
import { usePages } from "../state/usePages.ts";
import { Ask } from "../ui/ask.tsx";
import { Checkbox, Input, Select, textOf } from "../ui/fields.tsx";
import { Age, Status } from "../ui/parts.tsx";
import { type Column, PagedTable } from "../ui/table.tsx";

type User = Row<"GET /v1/users">;
type NewUser = Taken<"POST /v1/users">["body"];
type Role = NewUser["roles"][number];

const ROLES: readonly Role[] = ["viewer", "operator", "buyer", "analyst", "admin"];

/** The view. */
export function Users() {
  const api = useApi();
  const pages = usePages(
    (cursor, signal) => api.call("GET /v1/users", { query: { cursor }, signal }),
    "users",
  );
  const columns: readonly Column<User>[] = [
    {
      title: "User",
      of: (user) => (
        <>
          {user.email} <span class="quiet">{user.name}</span>
        </>
      ),
    },
    { title: "Roles", of: (user) => user.roles.join(", ") },
    { title: "Warehouses", of: (user) => user.warehouses?.join(", ") ?? "all" },
    { title: "Status", of: (user) => <Status of={user.status} /> },
    { title: "Signed in", of: (user) => <Age at={user.last_signed_in_at} /> },
    { title: "", of: (user) => <UserSteps user={user} onDone={pages.reload} /> },
  ];
  return (
    <>
      <h1 tabIndex={-1}>Users</h1>
      <PagedTable
        title="All users"
        columns={columns}
        pages={pages}
        keyOf={(user) => user.id}
        empty="There are no users; people sign in with tokens only."
        actions={
          <Ask
            label="New user"
            title="A new user"
            confirm="Create"
            onDone={pages.reload}
            perform={(data, key) =>
              api.call("POST /v1/users", {
                body: newUser(data),
                headers: { "idempotency-key": key },
              })
            }
          >
            <Input label="E-mail" name="email" type="email" required />
            <Input label="Name" name="name" required />
            <RightsFields roles={["viewer"]} warehouses={null} />
            <NewPassword hint="At least 10 characters; they can change it" />
          </Ask>
        }
      />
    </>
  );
}

function RightsFields({ roles, warehouses }: Pick<User, "roles" | "warehouses">) {
  return (
    <>
      <fieldset>
        <legend>Roles</legend>
        {ROLES.map((role) => (
          <Checkbox key={role} label={role} name={`role-${role}`} checked={roles.includes(role)} />
        ))}
      </fieldset>
      <Input
        label="Limited to warehouses"
        name="warehouses"
        value={warehouses?.join(", ")}
        hint="Codes with commas between; empty: all"
      />
    </>
  );
}

function UserSteps({ user, onDone }: { readonly user: User; readonly onDone: () => void }) {
  const api = useApi();
  const path = { id: user.id };
  const headers = { "if-match": `"${user.version}"` };
  return (
    <div class="buttons">
      <Ask
        label="Change"
        title={`Change ${user.email}`}
        confirm="Save"
        onDone={onDone}
        perform={(data) =>
          api.call("PATCH /v1/users/{id}", {
            path,
            headers,
            body: {
              name: textOf(data, "name"),
              ...rightsOf(data),
              status: textOf(data, "status") === "disabled" ? "disabled" : "active",
            },
          })
        }
      >
        <Input label="Name" name="name" value={user.name} required />
        <RightsFields roles={user.roles} warehouses={user.warehouses} />
        <Select
          label="Status"
          name="status"
          value={user.status}
          options={[
            ["active", "active"],
            ["disabled", "disabled: can't sign in"],
          ]}
        />
      </Ask>
      <Ask
        label="Set password"
        title={`A new password for ${user.email}`}
        confirm="Set it"
        onDone={onDone}
        perform={(data) =>
          api.call("POST /v1/users/{id}/password", {
            path,
            body: { password: textOf(data, "password") },
          })
        }
      >
        <NewPassword hint="At least 10 characters. Their sessions end." />
      </Ask>
      <Ask
        label="Sign out"
        tone="danger"
        title={`End all sessions of ${user.email}?`}
        onDone={onDone}
        perform={(_, key) =>
          api.call("POST /v1/users/{id}/sign-out", { path, headers: { "idempotency-key": key } })
        }
      />
    </div>
  );
}

function rightsOf(data: FormData): { roles: Role[]; warehouses: string[] | null } {
  const codes = textOf(data, "warehouses")
    .split(",")
    .map((code) => code.trim())
    .filter((code) => code !== "");
  return {
    roles: ROLES.filter((role) => data.get(`role-${role}`) === "on"),
    warehouses: codes.length === 0 ? null : codes,
  };
}

function newUser(data: FormData): NewUser {
  return {
    email: textOf(data, "email"),
    name: textOf(data, "name"),
    password: textOf(data, "password"),
    ...rightsOf(data),
  };
}

function NewPassword({ hint }: { readonly hint: string }) {
  return (
    <Input
      label="Password"
      name="password"
      type="password"
      autoComplete="new-password"
      required
      hint={hint}
    />
  );
}
