"""The peers, started for one measurement and ended after it. They are installed by their own package managers, pinned."""
import pathlib
import socket
import subprocess
import tempfile
import time

AZURITE_VERSION = "3.37.0"
SAIL_VERSION = next(line.split("==")[1] for line in (pathlib.Path(__file__).parent.parent / "versions.txt").read_text().splitlines() if line.startswith("pysail=="))
# The development account of every storage emulator; documented by Microsoft, no secret.
AZURITE_ACCOUNT = "devstoreaccount1"
AZURITE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"bench: nothing listens on {port}")


class Azurite:
    def __enter__(self):
        folder = pathlib.Path(tempfile.gettempdir()) / f"axonite-azurite-{AZURITE_VERSION}"
        if not (folder / "node_modules/.bin/azurite-blob").exists():
            folder.mkdir(exist_ok=True)
            subprocess.run(["npm", "install", "--silent", "--no-save", "--prefix", folder, f"azurite@{AZURITE_VERSION}"], check=True)
        port = free_port()
        command = [folder / "node_modules/.bin/azurite-blob", "--blobPort", str(port), "--silent", "--inMemoryPersistence", "--skipApiVersionCheck"]
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
        wait_for(port)
        self.url, self.host = f"http://127.0.0.1:{port}", f"127.0.0.1:{port}"
        self.connection_string = f"DefaultEndpointsProtocol=http;AccountName={AZURITE_ACCOUNT};AccountKey={AZURITE_KEY};BlobEndpoint={self.url}/{AZURITE_ACCOUNT};"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Sail:
    """In an environment of its own: only its server runs from there."""

    def __enter__(self):
        folder = pathlib.Path(tempfile.gettempdir()) / f"axonite-sail-{SAIL_VERSION}"
        if not (folder / "bin/sail").exists():
            subprocess.run(["/usr/bin/python3", "-m", "venv", folder], check=True)
            subprocess.run([folder / "bin/pip", "install", "--quiet", f"pysail=={SAIL_VERSION}"], check=True)
        port = free_port()
        self.process = subprocess.Popen([folder / "bin/sail", "spark", "server", "--ip", "127.0.0.1", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(port)
        self.remote = f"sc://127.0.0.1:{port}"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Nginx:
    def __init__(self, files):
        self.files = files

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        root = pathlib.Path(self.folder.name)
        root.chmod(0o755)
        for name, content in self.files.items():
            (root / name).write_bytes(content)
        port = free_port()
        configuration = f"""worker_processes 2; pid {root}/pid; error_log {root}/error.log; daemon off;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; server {{ listen 127.0.0.1:{port}; root {root}; }} }}"""
        (root / "nginx.conf").write_text(configuration)
        self.process = subprocess.Popen(["nginx", "-c", root / "nginx.conf"])
        wait_for(port)
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()
