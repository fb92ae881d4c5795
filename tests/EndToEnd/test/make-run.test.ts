import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { connect } from "node:http2";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { freeTcpPorts, freeUdpPorts } from "../harness/ports.js";
import { repository } from "../harness/system.js";
import { until } from "../harness/wait.js";

/** The script behind `make run`, as a newcomer meets it. */
let folder: string;
let settings: Record<string, string>;
const started: Launched[] = [];

interface Launched {
  child: ChildProcess;
  output: () => string;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "spaces-run-"));
  const ports = await freeTcpPorts(4);
  settings = {
    HTTP_PORT: `${ports[0]}`,
    GRPC_PORT: `${ports[1]}`,
    CONTROL_PORT: `${ports[2]}`,
    HEALTH_PORT: `${ports[3]}`,
    UDP_PORT: `${await freeUdpPorts(1)}`,
    WORKERS: "1",
    ADDRESSES: "127.0.0.1",
    RUN_DIR: folder,
  };
});

afterEach(async () => {
  for (const { child } of started.splice(0)) {
    await end(child, "SIGKILL");
  }
  rmSync(folder, { recursive: true, force: true });
});

function launch(more: Record<string, string> = {}): Launched {
  const child = spawn(join(repository, "deploy/local/run"), [], {
    detached: true, // a process group of its own, as a terminal gives to make
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...settings, ...more },
  });
  let text = "";
  child.stdout.on("data", (data: Buffer) => (text += data));
  child.stderr.on("data", (data: Buffer) => (text += data));
  const launched = { child, output: () => text };
  started.push(launched);
  return launched;
}

async function isRunning(launched: Launched): Promise<void> {
  await until(
    "the addresses are printed",
    () => {
      assert.equal(launched.child.exitCode, null, launched.output());
      return launched.output().includes("Ctrl-C stops it");
    },
    60_000,
  ).catch((error: Error) => {
    throw new Error(`${error.message}\n${launched.output()}`);
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, "exit");
    process.kill(-child.pid!, signal);
    await exited;
  }
  return child.exitCode;
}

/** The ids of both processes, as the script notes them. */
function processIds(): number[] {
  return ["sfu", "signaling"].map((name) => Number(readFileSync(join(folder, `${name}.pid`), "utf8")));
}

function isAlive(id: number): boolean {
  return existsSync(`/proc/${id}`);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`starts, says where, ends cleanly on ${signal}, and starts again`, async () => {
    for (let round = 0; round < 2; round++) {
      const launched = launch();
      await isRunning(launched);
      assert.ok(launched.output().includes(`http://localhost:${settings["HTTP_PORT"]}/`));
      const page = await fetch(`http://127.0.0.1:${settings["HTTP_PORT"]}/`);
      assert.match(await page.text(), /<html/i);
      const ids = processIds();
      assert.equal(await end(launched.child, signal), 0, launched.output());
      assert.deepEqual(ids.filter(isAlive), []);
    }
  });
}

test("a process that dies is started again", async () => {
  const launched = launch();
  await isRunning(launched);
  for (const [name, port] of [
    ["sfu", "HEALTH_PORT"],
    ["signaling", "HTTP_PORT"],
  ] as const) {
    const before = Number(readFileSync(join(folder, `${name}.pid`), "utf8"));
    process.kill(before, "SIGKILL");
    await until(
      `${name} is back`,
      async () =>
        Number(readFileSync(join(folder, `${name}.pid`), "utf8")) !== before &&
        (await fetch(`http://127.0.0.1:${settings[port]}/readyz`)).ok,
      30_000,
    );
  }
  assert.equal(await end(launched.child, "SIGTERM"), 0);
});

test("a port in use is named, with the setting that moves it", async () => {
  const first = launch();
  await isRunning(first);
  const second = launch({ RUN_DIR: join(folder, "second") });
  await until("the second start gives up", () => second.child.exitCode !== null);
  assert.notEqual(second.child.exitCode, 0);
  assert.ok(
    second.output().includes(settings["HTTP_PORT"]!) && second.output().includes("HTTP_PORT="),
    second.output(),
  );
  assert.equal(await end(first.child, "SIGTERM"), 0);
});

test("a setting that makes no sense is refused by name", async () => {
  const launched = launch({ UDP_PORT: "70000" });
  await until("the start gives up", () => launched.child.exitCode !== null);
  assert.match(launched.output(), /UDP_PORT=70000/);
});

test("TLS=1 serves the page and gRPC on one port, with a certificate of its own", async () => {
  const launched = launch({ TLS: "1" });
  await isRunning(launched);
  assert.ok(launched.output().includes(`https://localhost:${settings["HTTP_PORT"]}/`));
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const certificate = readFileSync(join(folder, "tls/certificate.pem"));
    const url = `https://localhost:${settings["HTTP_PORT"]}/`;
    request(url, { ca: certificate, agent: false }, (response) => resolve(response.resume().statusCode))
      .once("error", reject)
      .end();
  });
  assert.equal(status, 200);
  assert.equal(await grpcHealth(readFileSync(join(folder, "tls/certificate.pem"))), "0");
  assert.equal(statSync(join(folder, "tls/key.pem")).mode & 0o077, 0, "others can read the key");
  assert.equal(await end(launched.child, "SIGTERM"), 0);
});

/** The `grpc-status` of a health check over HTTP/2 with TLS, on the port of the page. */
async function grpcHealth(certificate: Buffer): Promise<unknown> {
  const session = connect(`https://localhost:${settings["HTTP_PORT"]}`, { ca: certificate });
  try {
    const call = session.request({
      ":method": "POST",
      ":path": "/grpc.health.v1.Health/Check",
      "content-type": "application/grpc",
      te: "trailers",
    });
    call.end(Buffer.alloc(5)); // an empty message: no flag, length 0
    const trailers = once(call, "trailers", { signal: AbortSignal.timeout(10_000) });
    call.resume();
    return ((await trailers)[0] as Record<string, unknown>)["grpc-status"];
  } finally {
    session.destroy();
  }
}

test("secrets of the run are neither printed nor logged", async () => {
  const launched = launch();
  await isRunning(launched);
  const [sfu, signaling] = processIds();
  const secrets = [sfu!, signaling!].flatMap((id) =>
    readFileSync(`/proc/${id}/environ`, "utf8")
      .split("\0")
      .filter((entry) => /^SPACES_(API_KEYS|CONTROL_KEY)=/.test(entry))
      .map((entry) => entry.replace(/^[^=]*=(local:)?/, "")),
  );
  assert.equal(secrets.length, 3);
  assert.equal(await end(launched.child, "SIGTERM"), 0);
  const said = ["sfu.log", "signaling.log"].map((name) => readFileSync(join(folder, name), "utf8"));
  for (const secret of secrets) {
    assert.ok(secret.length >= 32);
    assert.ok(![launched.output(), ...said].some((text) => text.includes(secret)));
  }
});
