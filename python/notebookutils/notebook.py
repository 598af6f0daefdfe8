import threading
import urllib.parse

from axonite_worker.session import SYNAPSE, session

from ._http import request

DEPTH_MAX = 5
_depth = threading.local()


class NotebookExit(BaseException):
    """Ends a notebook with a value; no `except Exception` of the notebook holds it back."""

    def __init__(self, value):
        super().__init__(value)
        self.value = value


def exit(value=""):
    raise NotebookExit("" if value is None else str(value))


def read(path):
    """The code cells of a notebook of this workspace; folders are only how Studio shows them."""
    name = path.strip("/").rsplit("/", 1)[-1]
    url = f"{session.context['endpoint']}/notebooks/{urllib.parse.quote(name, safe='')}"
    properties = request("GET", url, SYNAPSE, params={"api-version": "2020-12-01"}).json()["properties"]
    cells = []
    for cell in properties.get("cells", []):
        if cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        tags = (cell.get("metadata") or {}).get("tags") or []
        cells.append({"source": source if isinstance(source, str) else "".join(source), "parameters": "parameters" in tags})
    return cells


def run(path, timeoutSeconds=90, arguments=None, workspace=None):
    """Runs another notebook in this session and returns its exit value. The time limit is that of the whole run."""
    depth = getattr(_depth, "value", 0)
    if depth >= DEPTH_MAX:
        raise RecursionError(f"Notebooks may call each other {DEPTH_MAX} deep.")
    _depth.value = depth + 1
    try:
        return session.execute(read(path), arguments or {})
    finally:
        _depth.value = depth
