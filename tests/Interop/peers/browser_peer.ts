import { type LaunchedBrowser } from "@spaces/end-to-end/harness/browsers.js";
import { type Tone, TonePage, tones } from "@spaces/end-to-end/harness/tone-page.js";
import { type Peer, type PeerOptions, slots, type Stack } from "./peer.js";

/** A page of a browser that speaks WHIP and WHEP by fetch, without any of our own JavaScript. */
export function browserStack(browser: LaunchedBrowser, origin: string): Stack {
  return {
    name: browser.name,
    open: async (options) => {
      const page = await TonePage.open(browser, (options.tone ?? tones[0]) as Tone, browser.name);
      await page.page.goto(`${origin}/healthz`);
      const location = await page.page.evaluate(negotiate, { ...options, slots });
      return new BrowserPeer(page, location, options.token);
    },
  };
}

class BrowserPeer implements Peer {
  constructor(
    private readonly page: TonePage,
    private readonly location: string,
    private readonly token: string,
  ) {}

  async heard(): Promise<number[]> {
    return await this.page.heard().catch(() => []);
  }

  async isConnected(): Promise<boolean> {
    return (await this.page.connections()).every((connection) => connection.state === "connected");
  }

  async end(): Promise<number> {
    const status = await this.page.page.evaluate(
      async (url, token) =>
        (await fetch(url, { method: "DELETE", headers: { authorization: `Bearer ${token}` } })).status,
      this.location,
      this.token,
    );
    await this.page.close();
    return status;
  }
}

/** Runs inside the page: one offer by POST, one answer, and where the session is. */
async function negotiate(options: PeerOptions & { slots: number }): Promise<string> {
  const connection = new RTCPeerConnection();
  connection.addEventListener("track", ({ track }) => {
    const element = new Audio();
    element.srcObject = new MediaStream([track]);
    void element.play();
  });
  if (options.tone === undefined) {
    for (let slot = 0; slot < options.slots; slot++) {
      connection.addTransceiver("audio", { direction: "recvonly" });
    }
  } else {
    const [track] = (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks();
    connection.addTransceiver(track!, { direction: "sendonly" });
  }
  await connection.setLocalDescription(await connection.createOffer());
  const response = await fetch(options.endpoint, {
    method: "POST",
    headers: { "content-type": "application/sdp", authorization: `Bearer ${options.token}` },
    body: connection.localDescription!.sdp,
  });
  const answer = await response.text();
  if (response.status !== 201) {
    throw new Error(`POST answered ${response.status}: ${answer}`);
  }
  await connection.setRemoteDescription({ type: "answer", sdp: answer });
  return new URL(response.headers.get("location")!, options.endpoint).href;
}
