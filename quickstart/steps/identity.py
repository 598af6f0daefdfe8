"""Who acts: the owner, who provisions and grants, and the deployer, who may do just what the job needs."""
import base64
import json

import requests
from azure.identity import ClientSecretCredential, DefaultAzureCredential

from . import names
from .console import line

GRAPH = "https://graph.microsoft.com"

owner = DefaultAzureCredential()


def _graph(path, body):
    """The Graph SDK is large; three calls need no more than this."""
    answer = requests.post(
        f"{GRAPH}/v1.0/{path}", json=body, headers={"Authorization": "Bearer " + owner.get_token(f"{GRAPH}/.default").token}, timeout=30
    )
    answer.raise_for_status()
    return answer.json()


class Deployer:
    """A service principal of its own. It has no right until the owner grants one."""

    def __init__(self):
        application = _graph("applications", {"displayName": names.DEPLOYER})
        self.client_id = application["appId"]
        self.object_id = _graph("servicePrincipals", {"appId": self.client_id})["id"]
        password = {"passwordCredential": {"displayName": "quickstart"}}
        self.secret = _graph(f"applications/{application['id']}/addPassword", password)["secretText"]
        self.credential = ClientSecretCredential(names.TENANT, self.client_id, self.secret)
        line(f"service principal {names.DEPLOYER}")


def object_id(credential):
    """The object id of a principal, from its token."""
    payload = credential.get_token("https://management.azure.com/.default").token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["oid"]
