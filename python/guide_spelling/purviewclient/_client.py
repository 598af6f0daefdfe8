import json
import urllib.error
import urllib.request

from . import _lineage, _scanning

SCOPE = "https://purview.azure.net/.default"


class PurviewError(Exception):
    """What the service refused: its status and its own error body."""

    def __init__(self, status, body):
        self.status, self.body = status, body
        super().__init__(f"{status}: {body}")


class PurviewClient:
    """`sources`, `scans` and `lineage` of one account, as whoever `credential` is."""

    def __init__(self, account_name, credential):
        self.account_name, self._credential = account_name, credential
        self.sources = _scanning.Sources(self)
        self.scans = _scanning.Scans(self)
        self.lineage = _lineage.Lineage(self)

    def scan(self, method, path, body=None, version="2018-12-01-preview"):
        return self._send(method, f"https://{self.account_name}.scan.purview.azure.com{path}?api-version={version}", body)

    def catalog(self, method, path, body=None):
        return self._send(method, f"https://{self.account_name}.purview.azure.com/catalog/api/atlas/v2{path}", body)

    def _send(self, method, url, body):
        request = urllib.request.Request(url, method=method, data=None if body is None else json.dumps(body).encode())
        request.add_header("Authorization", "Bearer " + self._credential.get_token(SCOPE).token)
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
        except urllib.error.HTTPError as refused:
            raise PurviewError(refused.code, refused.read().decode(errors="replace")) from None
        return json.loads(text) if text else None
