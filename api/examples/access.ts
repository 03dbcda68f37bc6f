/** Examples of signing in, users and machine clients. */
import type { RouteExamples } from "./example.ts";
import { EXAMPLE_IDS } from "./exampleIds.ts";

const ids = EXAMPLE_IDS;
const grant = { grant_type: "client_credentials", client_id: ids.serviceClient };

const signingIn: RouteExamples = {
  "post /v1/auth/login": [
    {
      summary: "Sign in",
      body: { email: "ann@example.com", password: "correct horse battery" },
      status: 200,
    },
    {
      summary: "A wrong password",
      body: { email: "ann@example.com", password: "something else" },
      status: 401,
      code: "credentials_invalid",
    },
  ],
  "post /v1/auth/refresh": [
    { summary: "Go on", body: { refresh_token: ids.refreshToken }, status: 200 },
    {
      summary: "The same token once more ends the session",
      body: { refresh_token: ids.refreshToken },
      status: 401,
      code: "refresh_token_reused",
    },
  ],
  "post /v1/auth/logout": [
    {
      summary: "Sign out by the refresh token",
      body: { refresh_token: ids.signedOutToken },
      status: 204,
    },
  ],
  "post /v1/auth/token": [
    {
      summary: "A token of a service client",
      body: { ...grant, client_secret: ids.clientSecret, scope: "read" },
      status: 200,
    },
    {
      summary: "A wrong secret",
      body: { ...grant, client_secret: "slc_wrong" },
      status: 401,
      code: "invalid_client",
    },
  ],
  "post /v1/auth/password": [
    {
      summary: "Another password of one's own",
      headers: { authorization: `Bearer ${ids.accessToken}` },
      body: { current_password: "correct horse battery", password: "an even longer one" },
      status: 204,
    },
  ],
};

const users: RouteExamples = {
  "get /v1/users": [{ summary: "Those who are active", query: { status: "active" }, status: 200 }],
  "post /v1/users": [
    {
      summary: "A buyer",
      body: {
        email: "carol@example.com",
        name: "Carol Example",
        roles: ["buyer"],
        password: "a long and lonely road",
      },
      status: 201,
    },
    {
      summary: "A password that anybody would try",
      body: {
        email: "dave@example.com",
        name: "Dave Example",
        roles: ["viewer"],
        password: "password123",
      },
      status: 422,
      code: "password_weak",
    },
  ],
  "get /v1/users/{id}": [{ summary: "A user", path: { id: ids.user }, status: 200 }],
  "patch /v1/users/{id}": [
    {
      summary: "Limit a user to one warehouse",
      path: { id: ids.user },
      body: { warehouses: ["MAIN"] },
      status: 200,
    },
  ],
  "post /v1/users/{id}/password": [
    {
      summary: "A password for somebody who forgot it",
      path: { id: ids.user },
      body: { password: "a new one to begin with" },
      status: 204,
    },
  ],
  "post /v1/users/{id}/sign-out": [
    { summary: "End all sessions", path: { id: ids.user }, status: 200 },
  ],
};

const clients: RouteExamples = {
  "post /v1/service-clients": [
    {
      summary: "The web shop, which only issues stock",
      body: { name: "web shop", scopes: ["read", "movements:write"], warehouses: ["MAIN"] },
      status: 201,
    },
  ],
  "get /v1/service-clients/{id}": [
    { summary: "A client", path: { id: ids.serviceClient }, status: 200 },
  ],
  "patch /v1/service-clients/{id}": [
    {
      summary: "Take a scope away",
      path: { id: ids.serviceClient },
      body: { scopes: ["read"] },
      status: 200,
    },
  ],
  "post /v1/service-clients/{id}/secret": [
    { summary: "Another secret", path: { id: ids.serviceClient }, status: 200 },
  ],
};

/** By method and path. */
export const accessExamples: RouteExamples = { ...signingIn, ...users, ...clients };
