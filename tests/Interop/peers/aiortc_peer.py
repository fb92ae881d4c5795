"""aiortc as a WHIP publisher or a WHEP listener."""

import asyncio
import fractions
import threading
import time

import aioice.ice
import av
import numpy
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from common import FRAME, RATE, Ear, Session, arguments, report, tone_samples, when_input_closes

# Everything stays on the loopback interface, which aioice leaves out by itself.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


class ToneTrack(MediaStreamTrack):
    """An endless sine, given out in real time."""

    kind = "audio"

    def __init__(self, frequency):
        super().__init__()
        self._frequency = frequency
        self._sent = 0
        self._began = time.monotonic()

    async def recv(self):
        await asyncio.sleep(max(0.0, self._began + self._sent / RATE - time.monotonic()))
        samples = (tone_samples(self._sent, FRAME, self._frequency) * 32_767).astype(numpy.int16)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        frame.pts = self._sent
        frame.time_base = fractions.Fraction(1, RATE)
        self._sent += FRAME
        return frame


async def listen(slot, track, ear):
    mono = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    try:
        while True:
            for frame in mono.resample(await track.recv()):
                ear.take(slot, frame.to_ndarray().reshape(-1))
    except MediaStreamError:
        pass


async def main():
    options = arguments()
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    stopped = threading.Event()
    when_input_closes(lambda: loop.call_soon_threadsafe(ended.set))
    ear = Ear()
    session = Session(options.endpoint)
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))

    @connection.on("connectionstatechange")
    def on_state():
        report("state", state=connection.connectionState)
        if connection.connectionState == "connected":
            report("connected")
        elif connection.connectionState in ("failed", "closed"):
            ended.set()

    @connection.on("track")
    def on_track(track):
        asyncio.ensure_future(listen(track.id, track, ear))

    if options.role == "publish":
        connection.addTransceiver(ToneTrack(options.tone), direction="sendonly")
    else:
        for _ in range(options.slots):
            connection.addTransceiver("audio", direction="recvonly")
        threading.Thread(target=ear.report_forever, args=(stopped,), daemon=True).start()

    try:
        await connection.setLocalDescription(await connection.createOffer())
        answer = await loop.run_in_executor(None, session.open, connection.localDescription.sdp)
        await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await ended.wait()
    finally:
        stopped.set()
        await loop.run_in_executor(None, session.close)
        await connection.close()


asyncio.run(main())
