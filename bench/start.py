"""From the start of the process to the first answer, on a data directory that is there; and what it holds idle."""
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

RUNS = 7


def once(folder):
    (pathlib.Path(folder) / "server.json").unlink(missing_ok=True)
    command = [os.environ["AXONITE_BINARY"], "up", "--data-dir", folder, "--port", "0", "--sql-port", "0", "--sql-serverless-port", "0", "--spark-port", "0"]
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    url = next(word for word in line.split() if word.startswith("http://"))
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url + "/axonite/health").read()
    elapsed = (time.monotonic() - begin) * 1000
    with open(f"/proc/{process.pid}/status") as status:
        resident = next(int(row.split()[1]) for row in status if row.startswith("VmRSS"))
    process.send_signal(signal.SIGTERM)
    process.wait()
    return elapsed, resident / 1024


def ready():
    with tempfile.TemporaryDirectory() as folder:
        once(folder)
        samples = [once(folder) for _ in range(RUNS)]
    print(f"start_ready: idle resident {statistics.median(m for _, m in samples):.0f} MB", file=sys.stderr)
    return {"unit": "ms", "ours": round(statistics.median(t for t, _ in samples), 1), "peer": "Azurite (3.5 s)", "theirs": 3500.0}
