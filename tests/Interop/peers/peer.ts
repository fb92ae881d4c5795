/** Somebody who publishes by WHIP or listens by WHEP, whatever stack is behind it. */
export interface Peer {
  /** The tones it hears now, Hz, strongest of each slot. */
  heard(): Promise<number[]>;
  isConnected(): Promise<boolean>;
  /** Ends the session by DELETE and answers its status. */
  end(): Promise<number>;
}

export interface PeerOptions {
  endpoint: string;
  token: string;
  /** Publishers: the tone to send, Hz. Listeners: absent. */
  tone?: number;
}

export interface Stack {
  readonly name: string;
  open(options: PeerOptions): Promise<Peer>;
}

/** An amplitude that silence and comfort noise never reach; publishers send 0.3. */
export const audibleAmplitude = 0.04;
/** How many audio lines a listener offers. */
export const slots = 3;
