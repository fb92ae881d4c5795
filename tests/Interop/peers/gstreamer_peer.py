"""GStreamer's webrtcbin as a WHIP publisher or a WHEP listener."""

import sys
import threading

import gi
import numpy

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

from common import AMPLITUDE, RATE, Ear, Session, arguments, report, when_input_closes  # noqa: E402

PAYLOAD_TYPE = 111
OPUS = (
    f"application/x-rtp,media=audio,encoding-name=OPUS,payload={PAYLOAD_TYPE},clock-rate={RATE},"
    "encoding-params=(string)2"
)
DECODE = (
    "rtpopusdepay ! opusdec plc=true ! audioconvert ! audioresample ! "
    f"audio/x-raw,format=F32LE,rate={RATE},channels=1 ! appsink name=sink emit-signals=true sync=false"
)


class Peer:
    def __init__(self, options):
        self.options = options
        self.session = Session(options.endpoint)
        self.ear = Ear()
        self.stopped = threading.Event()
        self.loop = GLib.MainLoop()
        self.failure = None
        self.pipeline = Gst.Pipeline.new("peer")
        self.pipeline.add(Gst.parse_bin_from_description(self._description(), False))
        self.connection = self.pipeline.get_by_name("connection")
        # Everything stays on the loopback interface, which libnice leaves out by itself. The agent comes as a floating
        # reference, which Python takes over: it must be kept for as long as the pipeline lives.
        self.agent = self.connection.get_property("ice-agent")
        self.agent.emit("add-local-ip-address", "127.0.0.1")
        self.connection.connect("on-negotiation-needed", self._on_negotiation_needed)
        self.connection.connect("notify::connection-state", self._on_state)
        self.connection.connect("pad-added", self._on_pad)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", lambda _, message: self._fail(str(message.parse_error())))
        self.negotiating = False

    def run(self):
        if self.options.role == "subscribe":
            for _ in range(self.options.slots):
                direction = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
                self.connection.emit("add-transceiver", direction, Gst.Caps.from_string(OPUS))
            threading.Thread(target=self.ear.report_forever, args=(self.stopped,), daemon=True).start()
        self.pipeline.set_state(Gst.State.PLAYING)
        when_input_closes(self.loop.quit)
        self.loop.run()
        self.stopped.set()
        self.session.close()
        self.pipeline.set_state(Gst.State.NULL)
        if self.failure is not None:
            sys.exit(self.failure)

    def _description(self):
        connection = "webrtcbin name=connection bundle-policy=max-bundle"
        if self.options.role == "subscribe":
            return connection
        return (
            f"{connection} audiotestsrc is-live=true wave=sine freq={self.options.tone} volume={AMPLITUDE} ! "
            f"audio/x-raw,rate={RATE},channels=1 ! audioconvert ! opusenc ! rtpopuspay pt={PAYLOAD_TYPE} ! "
            f"{OPUS} ! connection.sink_0"
        )

    def _on_negotiation_needed(self, _):
        if self.negotiating:
            return
        self.negotiating = True
        if self.options.role == "publish":
            transceiver = self.connection.emit("get-transceiver", 0)
            transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        self.connection.emit("create-offer", None, Gst.Promise.new_with_change_func(self._on_offer))

    def _on_offer(self, promise):
        promise.wait()
        reply = promise.get_reply()
        offer = reply.get_value("offer")
        text = offer.sdp.as_text()
        self.connection.emit("set-local-description", offer, Gst.Promise.new())
        threading.Thread(target=self._negotiate, args=(text,), daemon=True).start()

    def _negotiate(self, offer):
        try:
            answer = self.session.open(offer)
        except RuntimeError as error:
            self._fail(str(error))
            return
        _, message = GstSdp.SDPMessage.new_from_text(answer)
        description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        self.connection.emit("set-remote-description", description, Gst.Promise.new())

    def _on_state(self, connection, _):
        state = connection.get_property("connection-state").value_nick
        report("state", state=state)
        if state == "connected":
            report("connected")
        elif state == "failed":
            self._fail("the connection failed")

    def _on_pad(self, _, pad):
        if pad.direction != Gst.PadDirection.SRC:
            return
        decoder = Gst.parse_bin_from_description(DECODE, True)
        decoder.get_by_name("sink").connect("new-sample", self._on_sample, pad.get_name())
        self.connection.get_parent().add(decoder)
        decoder.sync_state_with_parent()
        result = pad.link(decoder.get_static_pad("sink"))
        if result != Gst.PadLinkReturn.OK:
            self._fail(f"the decoder cannot be linked: {result.value_nick}")

    def _on_sample(self, sink, slot):
        buffer = sink.emit("pull-sample").get_buffer()
        self.ear.take(slot, numpy.frombuffer(buffer.extract_dup(0, buffer.get_size()), dtype=numpy.float32))
        return Gst.FlowReturn.OK

    def _fail(self, reason):
        self.failure = reason
        self.loop.quit()


Gst.init(None)
Peer(arguments()).run()
