/** An offer of one microphone line and one slot, as a browser writes it, short. */
export function audioOffer(extraLines: string[] = []): string {
  return [
    "v=0",
    "o=- 1 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0 1",
    ...media("0", "sendonly"),
    ...media("1", "recvonly"),
    ...extraLines,
    "",
  ].join("\r\n");
}

export const videoLines = [
  "m=video 9 UDP/TLS/RTP/SAVPF 96",
  "c=IN IP4 0.0.0.0",
  "a=mid:2",
  "a=sendonly",
  "a=rtcp-mux",
  "a=rtpmap:96 VP8/90000",
];

const fingerprint = Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, "0").toUpperCase());

function media(mid: string, direction: string): string[] {
  return [
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "c=IN IP4 0.0.0.0",
    "a=rtcp:9 IN IP4 0.0.0.0",
    "a=ice-ufrag:abcd",
    "a=ice-pwd:0123456789abcdef01234567",
    `a=fingerprint:sha-256 ${fingerprint.join(":")}`,
    "a=setup:actpass",
    `a=mid:${mid}`,
    `a=${direction}`,
    "a=rtcp-mux",
    "a=rtpmap:111 opus/48000/2",
    "a=fmtp:111 minptime=10;useinbandfec=1",
  ];
}
