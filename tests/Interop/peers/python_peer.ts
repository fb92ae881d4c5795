import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { join } from "node:path";
import { repository } from "@spaces/end-to-end/harness/system.js";
import { audibleAmplitude, type Peer, type PeerOptions, slots, type Stack } from "./peer.js";

interface Report {
  event: "state" | "connected" | "heard" | "ended";
  status?: number;
  tones?: { frequency: number; amplitude: number; seconds: number }[];
}

/** A foreign stack in a Python process; the scripts beside this file say what they report. */
export function pythonStack(name: string, script: string): Stack {
  return { name, open: (options) => Promise.resolve(new PythonPeer(name, script, options)) };
}

class PythonPeer implements Peer {
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly exited: Promise<unknown>;
  private connected = false;
  private ended: number | undefined;
  private last: Report | undefined;
  private complaints = "";

  constructor(
    private readonly name: string,
    script: string,
    options: PeerOptions,
  ) {
    const role =
      options.tone === undefined ? ["subscribe", "--slots", `${slots}`] : ["publish", "--tone", `${options.tone}`];
    this.child = spawn(
      // The distribution's Python is the one that has the distribution's packages.
      "/usr/bin/python3",
      ["-B", join(repository, "tests/Interop/peers", script), ...role, "--endpoint", options.endpoint],
      { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, SPACES_TOKEN: options.token } },
    );
    this.exited = once(this.child, "exit");
    this.child.stdin.on("error", () => undefined);
    this.child.stderr.on("data", (data: Buffer) => (this.complaints = (this.complaints + data).slice(-4_000)));
    createInterface({ input: this.child.stdout }).on("line", (line) => this.take(JSON.parse(line) as Report));
  }

  heard(): Promise<number[]> {
    this.assertAlive();
    const tones = this.last?.tones ?? [];
    return Promise.resolve(tones.filter((tone) => tone.amplitude > audibleAmplitude).map((tone) => tone.frequency));
  }

  isConnected(): Promise<boolean> {
    this.assertAlive();
    return Promise.resolve(this.connected);
  }

  async end(): Promise<number> {
    this.child.stdin.end();
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 10_000);
    await this.exited;
    clearTimeout(timer);
    if (this.ended === undefined) {
      throw new Error(`${this.name} did not end its session. ${this.complaints}`);
    }
    return this.ended;
  }

  private take(report: Report): void {
    if (report.event === "connected") {
      this.connected = true;
    } else if (report.event === "heard") {
      this.last = report;
    } else if (report.event === "ended") {
      this.ended = report.status;
    }
  }

  private assertAlive(): void {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      throw new Error(`${this.name} ended early. ${this.complaints}`);
    }
  }
}
