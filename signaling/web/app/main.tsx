import { render } from "preact";
import { App } from "./app.tsx";
import { Session } from "./session.ts";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no element #app to show the page in.");
render(<App session={await Session.open()} />, root);
