import { MicrophoneError } from "./errors.ts";
import { type LevelProbe, openLevelProbe } from "./level_probe.ts";

/** The few things of the browser that the client touches, so that tests can stand in for them. */
export interface Platform {
  openSocket(url: string, protocols: string[]): WebSocket;
  createPeerConnection(): RTCPeerConnection;
  openMicrophone(constraints: MediaTrackConstraints): Promise<MediaStreamTrack>;
  createAudioElement(): HTMLAudioElement;
  openLevelProbe(track: MediaStreamTrack): LevelProbe;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Between 0 and 1. */
  random(): number;
  /** Monotonic, milliseconds. */
  now(): number;
  /** Calls back when the way to the network may have changed. Returns how to stop. */
  onNetworkChange(callback: () => void): () => void;
  /** Calls back when the page goes away for good or for long. Returns how to stop. */
  onPageHide(callback: () => void): () => void;
}

export const browserPlatform: Platform = {
  openSocket: (url, protocols) => new WebSocket(url, protocols),
  createPeerConnection: () => new RTCPeerConnection({ bundlePolicy: "max-bundle" }),
  openMicrophone,
  createAudioElement: () => document.createElement("audio"),
  openLevelProbe,
  fetch: (url, init) => fetch(url, init),
  random: () => Math.random(),
  now: () => performance.now(),
  onNetworkChange,
  onPageHide: (callback) => {
    addEventListener("pagehide", callback);
    return () => removeEventListener("pagehide", callback);
  },
};

async function openMicrophone(constraints: MediaTrackConstraints): Promise<MediaStreamTrack> {
  // Absent where the page is neither on HTTPS nor on localhost.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw new MicrophoneError("insecure");
  try {
    const stream = await devices.getUserMedia({ audio: constraints });
    const track = stream.getAudioTracks()[0];
    if (track === undefined) throw new MicrophoneError("missing");
    return track;
  } catch (error) {
    throw MicrophoneError.from(error);
  }
}

/** Chromium on phones says by which way it is connected; elsewhere `online` is all there is. */
function onNetworkChange(callback: () => void): () => void {
  const connection = (navigator as { connection?: EventTarget & { type?: string } }).connection;
  let type = connection?.type;
  const onChange = () => {
    // `change` also fires for every new estimate of the speed, which is no new network.
    if (connection?.type === type) return;
    type = connection?.type;
    callback();
  };
  addEventListener("online", callback);
  connection?.addEventListener("change", onChange);
  return () => {
    removeEventListener("online", callback);
    connection?.removeEventListener("change", onChange);
  };
}
