"""Blob storage against Azurite in memory (npm azurite) and nginx, by wrk on the same two cores, one after the other."""
import datetime
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.request

from azure.storage.blob import BlobServiceClient, ContainerSasPermissions, generate_container_sas

import peers
import world

SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))


def wrk(url, path, method="GET", headers=None, body_bytes=0, connections=16, names=1):
    """Requests and bytes a second."""
    headers = {"x-ms-version": "2023-11-03", **(headers or {})}
    environment = {
        **os.environ,
        "BENCH_METHOD": method,
        "BENCH_PATH": path,
        "BENCH_BODY_BYTES": str(body_bytes),
        "BENCH_NAMES": str(names),
        "BENCH_HEADERS": "\n".join(f"{name}: {value}" for name, value in headers.items()),
    }
    script = pathlib.Path(__file__).parent / "load.lua"
    command = ["wrk", "-t2", f"-c{connections}", f"-d{SECONDS}s", "-s", script, url]
    output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    requests, bytes_per_second, errors = next(line.split()[1:] for line in output.splitlines() if line.startswith("RESULT"))
    if int(errors):
        raise SystemExit(f"bench: {errors} requests failed at {url}{path.split('?')[0]}")
    return float(requests), float(bytes_per_second)


class Store:
    """An account with a container, a small and a large blob, and the query string that may read and write them."""

    def __init__(self, service, name, key, url, host, prefix=""):
        self.url, self.host, self.prefix = url, host, prefix
        container = service.get_container_client("bench")
        if not container.exists():
            container.create_container()
        container.upload_blob("small", b"x" * 1024, overwrite=True)
        container.upload_blob("large", b"x" * (8 << 20), overwrite=True)
        expiry = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        permission = ContainerSasPermissions(read=True, write=True, create=True)
        self.sas = generate_container_sas(name, "bench", account_key=key, permission=permission, expiry=expiry)

    def path(self, blob):
        return f"{self.prefix}/bench/{blob}?{self.sas}"

    def headers(self, **more):
        return {"Host": self.host, **more}


def ours():
    name, key = world.storage_account()
    service = BlobServiceClient(f"https://{name}.blob.core.windows.net", key)
    return Store(service, name, key, os.environ["AXONITE_URL"], f"{name}.blob.core.windows.net")


def azurite(running):
    service = BlobServiceClient.from_connection_string(running.connection_string)
    return Store(service, peers.AZURITE_ACCOUNT, peers.AZURITE_KEY, running.url, running.host, f"/{peers.AZURITE_ACCOUNT}")


def get_1k():
    mine = ours()
    got, _ = wrk(mine.url, mine.path("small"), headers=mine.headers())
    with peers.Azurite() as running:
        peer = azurite(running)
        theirs, _ = wrk(peer.url, peer.path("small"), headers=peer.headers())
    return {"unit": "1/s", "ours": round(got), "peer": "Azurite in memory", "theirs": round(theirs)}


def put_1k():
    blob = {"x-ms-blob-type": "BlockBlob"}
    mine = ours()
    got, _ = wrk(mine.url, mine.path("put"), "PUT", mine.headers(**blob), 1024, names=1000)
    with peers.Azurite() as running:
        peer = azurite(running)
        theirs, _ = wrk(peer.url, peer.path("put"), "PUT", peer.headers(**blob), 1024, names=1000)
    return {"unit": "1/s", "ours": round(got), "peer": "Azurite in memory", "theirs": round(theirs)}


def get_8m():
    mine = ours()
    _, got = wrk(mine.url, mine.path("large"), headers=mine.headers(), connections=4)
    with peers.Nginx({"large": b"x" * (8 << 20)}) as running:
        _, theirs = wrk(running.url, "/large", connections=4)
    return {"unit": "MB/s", "ours": round(got / 1e6), "peer": "nginx", "theirs": round(theirs / 1e6)}
