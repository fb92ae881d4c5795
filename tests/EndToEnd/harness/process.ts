import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { until } from "./wait.js";

/** One process of the system, started with its own environment, its output in a log file. */
export class Service {
  private child: ChildProcess | undefined;

  constructor(
    readonly name: string,
    private readonly command: string[],
    private readonly environment: Record<string, string>,
    readonly logFile: string,
    private readonly readyUrl: string,
  ) {}

  get pid(): number {
    const pid = this.child?.pid;
    if (pid === undefined) {
      throw new Error(`${this.name} is not running.`);
    }
    return pid;
  }

  /** Starts the process and comes back when it says that it is ready. */
  async start(): Promise<void> {
    const [program, ...rest] = this.command;
    const log = createWriteStream(this.logFile, { flags: "a" });
    const child = spawn(program!, rest, {
      env: { ...inherited(), ...this.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.child = child;
    await until(
      `${this.name} is ready at ${this.readyUrl}`,
      async () => {
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`It ended with ${child.exitCode ?? child.signalCode}. Its log ends:\n${this.logTail()}`);
        }
        return (await fetch(this.readyUrl)).ok;
      },
      60_000,
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.name}'s log ends:\n${this.logTail()}`);
    });
  }

  /** SIGKILL: the process gets no chance to say anything. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** SIGTERM, and SIGKILL when that does not end it in 10 s. Answers the exit code. */
  async stop(): Promise<number | null> {
    return await this.end("SIGTERM");
  }

  logTail(lines = 25): string {
    try {
      return readFileSync(this.logFile, "utf8").split("\n").slice(-lines).join("\n");
    } catch {
      return "(no log)";
    }
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.child;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
      return child?.exitCode ?? null;
    }
    const ended = once(child, "exit");
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(timer);
    return child.exitCode;
  }
}

/** What a process needs of this one's environment; no SPACES_ setting leaks in from outside. */
function inherited(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith("SPACES_"),
    ),
  );
}
