"""Reference loop with the package `fer`, for an environment of its own.

Run by throughput.py --fer: python fer_loop.py CLIP FRAMES. It needs `setuptools<81` and OpenCV 4,
which analyzer does not pin the same way. Prints seconds and faces a frame as JSON.
"""

from __future__ import annotations

import json
import sys
import time

import cv2

try:
    from fer.fer import FER
except ImportError:
    from fer import FER


def main() -> None:
    """Look at every one of the first frames with the package's default detector."""
    capture = cv2.VideoCapture(sys.argv[1])
    detector = FER()
    ok, frame = capture.read()
    detector.detect_emotions(frame)
    seconds, faces, looked = 0.0, 0, 0
    while looked < int(sys.argv[2]):
        begun = time.perf_counter()
        ok, frame = capture.read()
        if not ok:
            break
        faces += len(detector.detect_emotions(frame))
        seconds += time.perf_counter() - begun
        looked += 1
    print(json.dumps({"seconds": seconds / looked, "faces": faces / looked}))


if __name__ == "__main__":
    main()
