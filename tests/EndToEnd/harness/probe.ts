/** What one RTCPeerConnection of a page was made to do. */
export interface ConnectionRecord {
  offers: number;
  localDescriptions: number;
  remoteDescriptions: number;
  negotiationsNeeded: number;
  tracks: number;
  state: RTCPeerConnectionState;
}

/** What the tests ask of a page; put into it before any of its own scripts run. */
export interface Probe {
  /** How often the page asked for the microphone. */
  microphoneRequests: number;
  connections(): ConnectionRecord[];
  /** For each tone its median amplitude over the blocks heard from `from` to `to` (ms since 1970), and how many. */
  levels(from: number, to: number): { blocks: number; amplitudes: number[] };
  /** The longest time between `from` and `to` without the tone, in ms. */
  longestSilence(tone: number, from: number, to: number): number;
  /** When the tone was last heard, ms since 1970; 0: never. */
  lastHeard(tone: number): number;
  /**
   * Makes the page send its tone whatever it is told, as a modified client would: the track stays, and signaling is
   * told "unmuted" and never "muted".
   */
  sendRegardless(): Promise<void>;
  /** RTP packets that the page has sent over all its connections. */
  packetsSent(): Promise<number>;
  /** A plain connection between this page and the answerer of the same page, to check the measuring itself. */
  loopback(): Promise<void>;
}

declare global {
  interface Window {
    probe: Probe;
  }
}

export interface ProbeOptions {
  /** The tone this page's microphone gives, Hz. */
  microphone: number;
  /** The tones to listen for, Hz. */
  tones: number[];
  /** Amplitude from which a tone counts as heard; the microphones give 0.3. */
  threshold: number;
}

/** Runs inside the page, before its scripts; refers to nothing outside itself. */
export function installProbe(options: ProbeOptions): void {
  const blockSize = 2048;
  const historyMax = 12_000; // some 8 minutes
  const history: { at: number; amplitudes: number[] }[] = [];
  const connections: { pc: RTCPeerConnection; record: ConnectionRecord }[] = [];
  const NativeConnection = window.RTCPeerConnection;
  const nativeReplaceTrack = RTCRtpSender.prototype.replaceTrack;
  const hann = Float64Array.from({ length: blockSize }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / blockSize));
  let audio: AudioContext | undefined;
  let ear: ScriptProcessorNode | undefined;
  let regardless = false;
  let socket: WebSocket | undefined;

  function context(): AudioContext {
    audio ??= new AudioContext();
    void audio.resume();
    return audio;
  }

  function makeTone(): MediaStreamTrack {
    const oscillator = new OscillatorNode(context(), { frequency: options.microphone });
    const gain = new GainNode(context(), { gain: 0.3 });
    const destination = context().createMediaStreamDestination();
    oscillator.connect(gain).connect(destination);
    oscillator.start();
    return destination.stream.getAudioTracks()[0]!;
  }

  /** The amplitude of one frequency in a block (Goertzel, Hann window). */
  function amplitude(samples: Float32Array, frequency: number, rate: number): number {
    const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / rate);
    let previous = 0;
    let before = 0;
    for (let n = 0; n < blockSize; n++) {
      const next = samples[n]! * hann[n]! + coefficient * previous - before;
      before = previous;
      previous = next;
    }
    const power = previous * previous + before * before - coefficient * previous * before;
    return Math.sqrt(Math.max(power, 0)) * (4 / blockSize);
  }

  function listenTo(track: MediaStreamTrack): void {
    if (ear === undefined) {
      ear = context().createScriptProcessor(blockSize, 1, 1);
      ear.onaudioprocess = (event) => {
        const samples = event.inputBuffer.getChannelData(0);
        const rate = event.inputBuffer.sampleRate;
        history.push({ at: Date.now(), amplitudes: options.tones.map((tone) => amplitude(samples, tone, rate)) });
        history.splice(0, Math.max(0, history.length - historyMax));
      };
      ear.connect(context().destination);
    }
    context()
      .createMediaStreamSource(new MediaStream([track]))
      .connect(ear);
  }

  class ProbedConnection extends NativeConnection {
    private readonly record: ConnectionRecord;

    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.record = {
        offers: 0,
        localDescriptions: 0,
        remoteDescriptions: 0,
        negotiationsNeeded: 0,
        tracks: 0,
        state: "new",
      };
      connections.push({ pc: this, record: this.record });
      this.addEventListener("negotiationneeded", () => this.record.negotiationsNeeded++);
      this.addEventListener("track", (event) => {
        this.record.tracks++;
        listenTo(event.track);
      });
    }

    override createOffer(...rest: unknown[]): Promise<RTCSessionDescriptionInit> & Promise<void> {
      this.record.offers++;
      return super.createOffer(...(rest as [])) as never;
    }

    override setLocalDescription(...rest: unknown[]): Promise<void> {
      this.record.localDescriptions++;
      return super.setLocalDescription(...(rest as []));
    }

    override setRemoteDescription(...rest: unknown[]): Promise<void> {
      this.record.remoteDescriptions++;
      return super.setRemoteDescription(...(rest as unknown as [RTCSessionDescriptionInit]));
    }
  }
  window.RTCPeerConnection = ProbedConnection as unknown as typeof RTCPeerConnection;

  RTCRtpSender.prototype.replaceTrack = function (this: RTCRtpSender, track: MediaStreamTrack | null) {
    return regardless ? Promise.resolve() : nativeReplaceTrack.call(this, track);
  };

  const nativeSend = WebSocket.prototype.send;
  WebSocket.prototype.send = function (this: WebSocket, data: Parameters<WebSocket["send"]>[0]) {
    socket = this;
    const isText = regardless && typeof data === "string";
    nativeSend.call(this, isText ? data.replace(/("setMuted":\s*\{\s*"muted":\s*)true/, "$1false") : data);
  };

  if (navigator.mediaDevices !== undefined) {
    navigator.mediaDevices.getUserMedia = () => {
      window.probe.microphoneRequests++;
      return Promise.resolve(new MediaStream([makeTone()]));
    };
  }

  function between(from: number, to: number): typeof history {
    return history.filter((block) => block.at >= from && block.at <= to);
  }

  function median(values: number[]): number {
    return values.sort((left, right) => left - right)[values.length >> 1] ?? 0;
  }

  function isHeard(block: { amplitudes: number[] }, tone: number): boolean {
    return block.amplitudes[options.tones.indexOf(tone)]! >= options.threshold;
  }

  window.probe = {
    microphoneRequests: 0,
    connections: () => connections.map(({ pc, record }) => ({ ...record, state: pc.connectionState })),
    levels: (from, to) => {
      const blocks = between(from, to);
      return {
        blocks: blocks.length,
        amplitudes: options.tones.map((_, index) => median(blocks.map((block) => block.amplitudes[index]!))),
      };
    },
    longestSilence: (tone, from, to) => {
      let longest = 0;
      let last = from;
      for (const block of between(from, to).filter((found) => isHeard(found, tone))) {
        longest = Math.max(longest, block.at - last);
        last = block.at;
      }
      return Math.max(longest, to - last);
    },
    lastHeard: (tone) => history.findLast((block) => isHeard(block, tone))?.at ?? 0,
    sendRegardless: async () => {
      const open = connections.findLast(({ pc }) => pc.connectionState === "connected")?.pc;
      const line = open?.getTransceivers().find((transceiver) => transceiver.currentDirection?.startsWith("send"));
      if (line === undefined) {
        throw new Error("This page has no connected microphone line.");
      }
      regardless = true;
      await nativeReplaceTrack.call(line.sender, makeTone());
      const parameters = line.sender.getParameters();
      parameters.encodings.forEach((encoding) => (encoding.active = true));
      await line.sender.setParameters(parameters);
      socket?.send(JSON.stringify({ requestId: "1000000", setMuted: { muted: false } }));
    },
    packetsSent: async () => {
      let sum = 0;
      for (const { pc } of connections) {
        (await pc.getStats()).forEach((entry) => {
          sum += entry.type === "outbound-rtp" ? (entry as { packetsSent: number }).packetsSent : 0;
        });
      }
      return sum;
    },
    loopback: async () => {
      const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
      here.onicecandidate = ({ candidate }) => void (candidate && there.addIceCandidate(candidate));
      there.onicecandidate = ({ candidate }) => void (candidate && here.addIceCandidate(candidate));
      there.ontrack = ({ track }) => {
        const element = new Audio();
        element.srcObject = new MediaStream([track]);
        void element.play();
      };
      const [tone] = (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks();
      here.addTransceiver(tone!, { direction: "sendonly" });
      await here.setLocalDescription(await here.createOffer());
      await there.setRemoteDescription(here.localDescription!);
      await there.setLocalDescription(await there.createAnswer());
      await here.setRemoteDescription(there.localDescription!);
    },
  };
}
