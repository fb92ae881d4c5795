import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freeTcpPorts, freeUdpPorts } from "./ports.js";
import { Service } from "./process.js";

const configuration = process.env["CONFIGURATION"] ?? "Release";
const workers = 2;

/** The folder that holds Spaces.sln. This file runs from tests/EndToEnd/dist/harness. */
export const repository = join(dirname(fileURLToPath(import.meta.url)), "../../../..");

export interface Grants {
  room?: string;
  create?: boolean;
  join?: boolean;
  speak?: boolean;
  listen?: boolean;
  admin?: boolean;
}

export interface TokenOptions {
  name?: string;
  /** Seconds from now. */
  expiresIn?: number;
  algorithm?: "HS256" | "none";
  secret?: string;
}

/** Signaling and one media node, the built ones, on free ports of this machine and with keys of their own. */
export class SpacesSystem {
  private constructor(
    readonly sfu: Service,
    readonly signaling: Service,
    readonly url: string,
    /** Host and port of gRPC without TLS. */
    readonly grpcAddress: string,
    readonly folder: string,
    private readonly apiSecret: string,
  ) {}

  static async start(): Promise<SpacesSystem> {
    const folder = mkdtempSync(join(tmpdir(), "spaces-e2e-"));
    const [http, grpc, control, health] = (await freeTcpPorts(4)) as [number, number, number, number];
    const udp = await freeUdpPorts(workers);
    const apiSecret = randomBytes(32).toString("hex");
    const controlKey = randomBytes(32).toString("hex");
    const sfu = new Service(
      "sfu",
      ["dotnet", join(repository, `sfu/Server/bin/${configuration}/net10.0/Spaces.Sfu.Server.dll`)],
      {
        SPACES_CONTROL_ADDRESS: "127.0.0.1",
        SPACES_CONTROL_PORT: `${control}`,
        SPACES_HEALTH_PORT: `${health}`,
        SPACES_UDP_PORT: `${udp}`,
        SPACES_WORKERS: `${workers}`,
        SPACES_BIND_ADDRESSES: "127.0.0.1",
        SPACES_CONTROL_KEY: controlKey,
        SPACES_NODE_ID: "e2e",
      },
      join(folder, "sfu.log"),
      `http://127.0.0.1:${health}/readyz`,
    );
    const url = `http://127.0.0.1:${http}`;
    const signaling = new Service(
      "signaling",
      ["dotnet", join(repository, `signaling/Server/bin/${configuration}/net10.0/Spaces.Signaling.Server.dll`)],
      {
        SPACES_LISTEN_ADDRESS: "127.0.0.1",
        SPACES_HTTP_PORT: `${http}`,
        SPACES_GRPC_PORT: `${grpc}`,
        SPACES_API_KEYS: `e2e:${apiSecret}`,
        SPACES_DEVELOPMENT: "1",
        SPACES_SFU_NODES: `http://127.0.0.1:${control}`,
        SPACES_CONTROL_KEY: controlKey,
        SPACES_DATA_DIR: join(folder, "data"),
        SPACES_WEB_ROOT: join(repository, "signaling/web/dist"),
      },
      join(folder, "signaling.log"),
      `${url}/readyz`,
    );
    const system = new SpacesSystem(sfu, signaling, url, `127.0.0.1:${grpc}`, folder, apiSecret);
    try {
      await sfu.start();
      await signaling.start();
    } catch (error) {
      await system.stop();
      throw error;
    }
    return system;
  }

  async stop(): Promise<void> {
    await this.signaling.stop();
    await this.sfu.stop();
    if (process.env["KEEP_LOGS"] === undefined) {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  /** An access token as an application server makes it: a JWT by HMAC with SHA-256. */
  token(identity: string, grants: Grants, options: TokenOptions = {}): string {
    const now = Math.floor(Date.now() / 1000);
    const algorithm = options.algorithm ?? "HS256";
    const header = { alg: algorithm, typ: "JWT", kid: "e2e" };
    const claims = {
      iss: "e2e",
      sub: identity,
      name: options.name ?? identity,
      exp: now + (options.expiresIn ?? 600),
      spaces: grants,
    };
    const signed = `${encode(header)}.${encode(claims)}`;
    const signature =
      algorithm === "none"
        ? ""
        : createHmac("sha256", options.secret ?? this.apiSecret)
            .update(signed)
            .digest("base64url");
    return `${signed}.${signature}`;
  }

  /** Calls a unary method by the Connect protocol with JSON. */
  async call<T>(method: string, request: object, token: string): Promise<T> {
    const response = await fetch(`${this.url}/spaces.v1.${method}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(request),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${method} answered ${response.status}: ${text}`);
    }
    return JSON.parse(text) as T;
  }

  /** Opens a room and answers its id; the host is `identity`. */
  async createRoom(title: string, identity = "host"): Promise<string> {
    const token = this.token(identity, { room: "*", create: true, join: true });
    const answer = await this.call<{ room: { id: string } }>("RoomService/CreateRoom", { title }, token);
    return answer.room.id;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
