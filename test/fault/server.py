"""The real binary as a child process that a test may kill, and the environment that points Azure's SDKs at it."""
import contextlib
import json
import os
import shlex
import signal
import socket
import subprocess
import threading
import time

import requests

BINARY = os.environ.get("AXONITE_BINARY", "build/release/axonite")
READY_SECONDS = 60


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One data directory and one port, kept over restarts, so that clients need not be made anew."""

    def __init__(self, data_dir):
        self.data_dir = data_dir
        self.port = free_port()
        self.log = data_dir.parent / (data_dir.name + ".log")
        self.process = None

    def command(self):
        ports = ["--port", str(self.port), "--sql-port", "0", "--sql-serverless-port", "0", "--spark-port", "0"]
        return [BINARY, "up", "--data-dir", str(self.data_dir), *ports]

    def launch(self):
        """Starts the process without waiting for it to be ready."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log)

    def start(self):
        self.launch()
        deadline = time.monotonic() + READY_SECONDS
        while not self.is_ready():
            assert self.process.poll() is None, f"the server ended with {self.process.returncode}: {self.output()[-2000:]}"
            assert time.monotonic() < deadline, f"not ready after {READY_SECONDS} s: {self.output()[-2000:]}"
            time.sleep(0.02)
        return self

    def is_ready(self):
        try:  # a file that a killed server left names another process
            return json.loads((self.data_dir / "server.json").read_text())["processId"] == self.process.pid
        except (OSError, ValueError):
            return False

    def kill(self):
        self.process.kill()
        self.process.wait(30)

    def terminate(self, seconds=20):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def output(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def environment(self):
        """What `axonite env` exports."""
        answer = subprocess.run([BINARY, "env", "--data-dir", str(self.data_dir)], capture_output=True, text=True, check=True)
        exports = [line.removeprefix("export ") for line in answer.stdout.splitlines() if line.startswith("export ")]
        return dict(shlex.split(line)[0].split("=", 1) for line in exports)

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def operations(self):
        return set(requests.get(self.url("/axonite/operations"), timeout=10).json()["value"])


@contextlib.contextmanager
def killed_after(server, seconds):
    """Kills the server `seconds` after the block began; the block ends when its work has seen the connection break."""
    timer = threading.Timer(seconds, server.kill)
    timer.start()
    try:
        yield
    finally:
        timer.join()
