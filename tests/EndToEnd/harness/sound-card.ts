import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./wait.js";

/**
 * A sound card that nobody hears: PulseAudio with a null sink, for one browser. Firefox runs no AudioContext without an
 * output device, and a server or a container has none.
 */
export class SoundCard {
  private constructor(
    private readonly daemon: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(): Promise<SoundCard> {
    const folder = mkdtempSync(join(tmpdir(), "spaces-sound-"));
    const socket = join(folder, "socket");
    const daemon = spawn(
      "pulseaudio",
      [
        "-n",
        "--daemonize=no",
        "--use-pid-file=no",
        "--exit-idle-time=-1",
        "--load=module-null-sink",
        `--load=module-native-protocol-unix socket=${socket} auth-anonymous=1`,
      ],
      {
        stdio: "ignore",
        env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder, PULSE_RUNTIME_PATH: folder },
      },
    );
    const card = new SoundCard(daemon, folder);
    try {
      await until("PulseAudio listens", () => existsSync(socket));
    } catch (error) {
      await card.stop();
      throw error;
    }
    return card;
  }

  get environment(): Record<string, string> {
    return { PULSE_SERVER: `unix:${join(this.folder, "socket")}` };
  }

  async stop(): Promise<void> {
    if (this.daemon.exitCode === null && this.daemon.signalCode === null) {
      const ended = once(this.daemon, "exit");
      this.daemon.kill("SIGKILL");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
