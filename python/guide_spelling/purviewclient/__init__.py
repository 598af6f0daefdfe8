"""The Purview client that the integration guide spells; no published package has this name.

Each call is the real one of the scanning or the data map service, with the guide's body translated where the real
service has another word for it. What was translated is said in a warning that names the real spelling.
"""
from ._client import PurviewClient, PurviewError

__all__ = ["PurviewClient", "PurviewError"]
