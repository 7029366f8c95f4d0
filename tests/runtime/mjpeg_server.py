"""A network camera on the loopback: Motion-JPEG over HTTP, with a plug that can be pulled and put back."""

from __future__ import annotations

import http.server
import threading

import cv2
from scenes import FPS, room, seen_by_camera

HEADERS = {"Content-Type": "multipart/x-mixed-replace; boundary=frame"}


class MjpegServer:
    """Serves frames at `FPS` until it is unplugged."""

    def __init__(self) -> None:
        self.jpegs = [cv2.imencode(".jpg", seen_by_camera(room(), index))[1].tobytes() for index in range(8)]
        self.port = 0
        self.plug_in()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/video.mjpg"

    def plug_in(self) -> None:
        self.unplugged = threading.Event()
        unplugged, jpegs = self.unplugged, self.jpegs

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                for name, value in HEADERS.items():
                    self.send_header(name, value)
                self.end_headers()
                index = 0
                while not unplugged.wait(1 / FPS):
                    jpeg = jpegs[index % len(jpegs)]
                    index += 1
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                    try:
                        self.wfile.write(head.encode() + jpeg + b"\r\n")
                    except OSError:
                        return

            def log_message(self, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def unplug(self) -> None:
        self.unplugged.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()  # waits for the handlers
