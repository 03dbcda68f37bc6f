/** Starts the console in the page that the API serves at "/". */
import { render } from "preact";
import { App } from "./app.tsx";
import { createSession } from "./session/session.ts";

const root = document.getElementById("console");
if (root !== null) render(<App session={createSession(window.sessionStorage)} />, root);
