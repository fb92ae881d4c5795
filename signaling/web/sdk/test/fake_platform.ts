import type { Platform } from "../platform.ts";
import type { FakeServer } from "./fake_server.ts";

/** A track that can stop by itself. */
export class FakeTrack {
  enabled = true;
  isStopped = false;
  onended: (() => void) | null = null;

  constructor(readonly id: string) {}

  stop(): void {
    this.isStopped = true;
  }
}

export class FakeStream {
  constructor(readonly tracks: readonly unknown[]) {}
}

export class FakeReceiver {
  static count = 0;
  readonly track = new FakeTrack(`slot-${FakeReceiver.count++}`);
  contributing: { source: number; timestamp: number }[] = [];

  getContributingSources() {
    return this.contributing;
  }

  getSynchronizationSources() {
    return [];
  }
}

export class FakeSender {
  track: unknown = null;

  replaceTrack(track: unknown): Promise<void> {
    this.track = track;
    return Promise.resolve();
  }
}

/** As much of an RTCPeerConnection as the client uses; a test sets its states. */
export class FakePeerConnection {
  connectionState = "new";
  iceConnectionState = "new";
  onconnectionstatechange: (() => void) | null = null;
  oniceconnectionstatechange: (() => void) | null = null;
  localDescription: { sdp: string } | null = null;
  readonly answers: string[] = [];
  readonly directions: string[] = [];
  readonly sender = new FakeSender();
  readonly receivers: FakeReceiver[] = [];
  readonly stats: object[] = [];
  restartCount = 0;

  addTransceiver(_kind: string, { direction }: { direction: string }) {
    this.directions.push(direction);
    const receiver = new FakeReceiver();
    if (direction === "recvonly") this.receivers.push(receiver);
    return { sender: this.sender, receiver };
  }

  createOffer() {
    return Promise.resolve({ sdp: this.restartCount === 0 ? "offer" : `restart-offer-${this.restartCount}` });
  }

  setLocalDescription(description: { sdp: string }): Promise<void> {
    this.localDescription = description;
    return Promise.resolve();
  }

  setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    this.answers.push(sdp);
    return Promise.resolve();
  }

  restartIce(): void {
    this.restartCount++;
  }

  getStats() {
    return Promise.resolve(this.stats);
  }

  close(): void {
    this.connectionState = "closed";
  }

  become(state: "connected" | "disconnected" | "failed"): void {
    this.iceConnectionState = state;
    this.connectionState = state;
    this.oniceconnectionstatechange?.();
    this.onconnectionstatechange?.();
  }
}

export class FakeAudio {
  srcObject: unknown = null;
  autoplay = false;
  readonly dataset: Record<string, string> = {};
  isBlocked = false;
  playCount = 0;

  play(): Promise<void> {
    this.playCount++;
    if (!this.isBlocked) return Promise.resolve();
    return Promise.reject(Object.assign(new Error("not allowed"), { name: "NotAllowedError" }));
  }

  pause(): void {
    this.srcObject = null;
  }

  remove(): void {
    this.srcObject = null;
  }
}

/** The browser, played by the test. */
export class FakePlatform {
  readonly connections: FakePeerConnection[] = [];
  readonly elements: FakeAudio[] = [];
  readonly microphones: FakeTrack[] = [];
  readonly urls: string[] = [];
  microphoneError: Error | undefined;
  /** What happens while the browser asks the person. */
  whileAsking: () => Promise<void> = () => Promise.resolve();
  isAudioBlocked = false;
  /** What a probe on the microphone's track hears. */
  probedLevel = 0;
  openProbes = 0;
  networkChanged: () => void = () => undefined;
  pageHidden: () => void = () => undefined;
  listenerCount = 0;

  constructor(private readonly server: FakeServer) {}

  get connection(): FakePeerConnection {
    const newest = this.connections[this.connections.length - 1];
    if (newest === undefined) throw new Error("There is no peer connection yet.");
    return newest;
  }

  asPlatform(): Platform {
    const fake = {
      openSocket: (url: string, protocols: string[]) => {
        this.urls.push(url);
        return this.server.accept(protocols);
      },
      createPeerConnection: () => added(this.connections, new FakePeerConnection()),
      openMicrophone: async () => {
        await this.whileAsking();
        if (this.microphoneError !== undefined) throw this.microphoneError;
        return added(this.microphones, new FakeTrack("microphone"));
      },
      createAudioElement: () => {
        const element = added(this.elements, new FakeAudio());
        element.isBlocked = this.isAudioBlocked;
        return element;
      },
      openLevelProbe: () => {
        this.openProbes++;
        return { level: () => this.probedLevel, close: () => this.openProbes-- };
      },
      fetch: () => Promise.reject(new Error("no HTTP here")),
      random: () => 0.5,
      now: () => Date.now(),
      onNetworkChange: (callback: () => void) => this.#listen("networkChanged", callback),
      onPageHide: (callback: () => void) => this.#listen("pageHidden", callback),
    };
    return fake as unknown as Platform;
  }

  #listen(name: "networkChanged" | "pageHidden", callback: () => void): () => void {
    this[name] = callback;
    this.listenerCount++;
    return () => this.listenerCount--;
  }
}

function added<T>(list: T[], item: T): T {
  list.push(item);
  return item;
}
