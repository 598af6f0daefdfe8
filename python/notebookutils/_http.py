import requests

from axonite_worker.session import session


class ServiceError(Exception):
    """A service refused; its own code and message."""

    def __init__(self, status, code, message):
        super().__init__(f"{code}: {message} (status {status})")
        self.status, self.code = status, code


def request(method, url, audience, headers=None, allow=(), **options):
    headers = {"Authorization": "Bearer " + session.token(audience), **(headers or {})}
    answer = requests.request(method, url, headers=headers, timeout=300, **options)
    if answer.status_code >= 400 and answer.status_code not in allow:
        try:
            error = answer.json()["error"]
        except (ValueError, KeyError, TypeError):
            error = {}
        raise ServiceError(answer.status_code, error.get("code") or answer.headers.get("x-ms-error-code", ""), error.get("message") or answer.reason)
    return answer
