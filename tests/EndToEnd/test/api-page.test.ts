import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { repository, SpacesSystem } from "../harness/system.js";

/** The examples of docs/api.md do what the page says, exactly as they stand there but for the addresses. */
let system: SpacesSystem;

const run = promisify(execFile);
const page = readFileSync(join(repository, "docs/api.md"), "utf8");
const patience = { timeout: 30_000, cwd: repository };
/** Here the packages are found that the example wants. */
const scripts = join(dirname(fileURLToPath(import.meta.url)), "../examples");

before(async () => {
  system = await SpacesSystem.start();
});

after(async () => {
  await system?.stop();
});

/** The code of a language below a heading, with the addresses of this run in it. */
function example(heading: string, language: string): string {
  const section = page.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const code = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "s").exec(section)?.[1];
  assert.ok(code, `docs/api.md has no example in ${language} below "${heading}"`);
  for (const address of ["localhost:8080", "localhost:8081"].filter((found) => code.includes(found))) {
    assert.equal(code.split(address).length, 2, `the example says ${address} more than once`);
  }
  return code.replace("http://localhost:8080", system.url).replace("localhost:8081", system.grpcAddress);
}

test("the example for curl opens a room, reads it and lists it", async () => {
  const { stdout } = await run("bash", ["-euo", "pipefail", "-c", example("With curl", "sh")], patience);

  const [read, list] = stdout
    .replace(/\}\s*\{/, "}\n{")
    .split("\n")
    .map((line) => JSON.parse(line) as { room?: object; rooms?: object[] });
  assert.deepEqual(list?.rooms, [read?.room]);
  assert.match(JSON.stringify(read), /"title":"Tea at five","state":"ROOM_STATE_LIVE","hostIdentity":"ada"/);
});

test("the example for gRPC in Node opens a room, goes in and leaves", async () => {
  const script = join(scripts, "grpc.mjs");
  mkdirSync(scripts, { recursive: true });
  writeFileSync(script, example("With gRPC in Node", "js"));
  const token = system.token("ada", { room: "*", create: true, join: true, listen: true }, { name: "Ada" });

  const { stdout, stderr } = await run("node", [script], { ...patience, env: { ...process.env, TOKEN: token } });

  assert.equal(stdout, 'Ada is in "Tea at five": ROLE_HOST\nGOODBYE_REASON_LEFT\n');
  assert.equal(stderr, "");
});
