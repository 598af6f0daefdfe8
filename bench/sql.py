"""Rows of a dedicated pool to a reader of the raw TDS stream: six columns, about 70 bytes. The reader is a program of ours
that only drains its socket, as drivers are slower than the server (pymssql takes 0.1 M rows/s)."""
import os
import pathlib
import re
import statistics
import subprocess
import tempfile

AIM = 2_000_000


def rows():
    program = pathlib.Path(os.environ["AXONITE_BINARY"]).parent / "bench/bench_tds_rows"
    with tempfile.TemporaryDirectory() as folder:
        printed = subprocess.run([program, folder], check=True, capture_output=True, text=True).stdout
    millions = [float(found) for found in re.findall(r"([\d.]+) M rows/s", printed)]
    return {"unit": "1/s", "ours": round(statistics.median(millions) * 1e6), "peer": "the aim", "theirs": float(AIM)}
