"""What both foreign peers share: the HTTP side of WHIP and WHEP, the tone they send, and what they report.

A peer is told what to do by its arguments and the token by the environment (SPACES_TOKEN). It writes one JSON object a
line to its output: {"event": "connected"}, {"event": "heard", ...} twice a second while it listens, {"event": "ended"}.
It ends, and ends its session by DELETE, when its input is closed.
"""

import argparse
import json
import os
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections import deque

import numpy

RATE = 48_000
FRAME = 960  # 20 ms
AMPLITUDE = 0.3
WINDOW_SECONDS = 1.0


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=["publish", "subscribe"])
    parser.add_argument("--endpoint", required=True, help="the WHIP or WHEP endpoint")
    parser.add_argument("--tone", type=float, default=0.0, help="publish: the tone to send, Hz")
    parser.add_argument("--slots", type=int, default=3, help="subscribe: how many audio lines to offer")
    return parser.parse_args()


def report(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def tone_samples(start, count, frequency):
    """Samples of a sine, continuous over calls: `start` is the number of the first."""
    times = (start + numpy.arange(count)) / RATE
    return (AMPLITUDE * numpy.sin(2 * numpy.pi * frequency * times)).astype(numpy.float32)


def when_input_closes(action):
    """Runs an action when nobody holds the other end of the standard input any more."""

    def wait():
        while os.read(sys.stdin.fileno(), 1024):
            pass
        action()

    threading.Thread(target=wait, daemon=True).start()


class Session:
    """One WHIP or WHEP session: POST the offer, DELETE at the end."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.location = None

    def open(self, offer):
        status, headers, answer = self._request("POST", self.endpoint, offer.encode())
        if status != 201:
            raise RuntimeError(f"POST answered {status}, not 201")
        if headers.get_content_type() != "application/sdp" or not headers["ETag"]:
            raise RuntimeError(f"the answer lacks application/sdp or an ETag: {dict(headers)}")
        self.location = urllib.parse.urljoin(self.endpoint, headers["Location"])
        return answer.decode()

    def close(self):
        if self.location is not None:
            status, _, _ = self._request("DELETE", self.location)
            report("ended", status=status)

    @staticmethod
    def _request(method, url, body=None):
        request = urllib.request.Request(url, data=body, method=method)
        request.add_header("Authorization", f"Bearer {os.environ['SPACES_TOKEN']}")
        if body is not None:
            request.add_header("Content-Type", "application/sdp")
        try:
            with urllib.request.urlopen(request, timeout=15) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} answered {error.code}: {error.read().decode(errors='replace')}") from error


class Ear:
    """Collects decoded samples of every slot, and says which frequency is strongest in the last second."""

    def __init__(self):
        self._lock = threading.Lock()
        self._slots = {}

    def take(self, slot, samples):
        now = time.monotonic()
        with self._lock:
            blocks = self._slots.setdefault(slot, deque())
            blocks.append((now, samples))
            while blocks[0][0] < now - WINDOW_SECONDS:
                blocks.popleft()

    def describe(self):
        """The strongest tone of each slot that sounds: frequency in Hz, amplitude, seconds of sound behind it."""
        now = time.monotonic()
        with self._lock:
            recent = {
                slot: numpy.concatenate([part for at, part in blocks if at >= now - WINDOW_SECONDS] or [numpy.zeros(0)])
                for slot, blocks in self._slots.items()
            }
        return [tone for tone in (strongest(samples) for samples in recent.values()) if tone is not None]

    def report_forever(self, stopped):
        while not stopped.wait(0.5):
            report("heard", tones=self.describe())


def strongest(samples):
    if len(samples) < RATE // 4:
        return None
    window = numpy.hanning(len(samples))
    spectrum = numpy.abs(numpy.fft.rfft(samples * window)) * 2 / window.sum()
    peak = int(spectrum.argmax())
    return {
        "frequency": round(peak * RATE / len(samples), 1),
        "amplitude": round(float(spectrum[peak]), 4),
        "seconds": round(len(samples) / RATE, 2),
    }
