import base64
import json
import time
import urllib.parse

from axonite_worker.session import session

from ._http import request

# The keys that Synapse documents for getToken.
AUDIENCES = {
    "storage": "https://storage.azure.com",
    "vault": "https://vault.azure.net",
    "azuremanagement": "https://management.azure.com",
    "dw": "https://database.windows.net",
    "synapse": "https://dev.azuresynapse.net",
    "adf": "https://management.azure.com",
}


def getToken(audience, name=None):
    return session.token(AUDIENCES.get(audience.lower(), audience))


def isValidToken(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["exp"] > time.time()


def _vault(name):
    return name.rstrip("/") if name.startswith("https://") else f"https://{name}.vault.azure.net"


def getSecret(akvName, secret, linkedService=None):
    """With a linked service, too, the secret is read as the identity of the notebook."""
    return request("GET", f"{_vault(akvName)}/secrets/{secret}", AUDIENCES["vault"], params={"api-version": "7.4"}).json()["value"]


def getSecretWithLS(linkedService, secret):
    """From the vault that a linked service of this workspace names, as the identity of the notebook."""
    url = f"{session.context['endpoint']}/linkedservices/{urllib.parse.quote(linkedService, safe='')}"
    properties = request("GET", url, AUDIENCES["synapse"], params={"api-version": "2020-12-01"}).json()["properties"]
    if properties.get("type") != "AzureKeyVault":
        raise ValueError(f"The linked service '{linkedService}' is no Key Vault.")
    return getSecret(properties["typeProperties"]["baseUrl"], secret)


def putSecret(akvName, secretName, secretValue, linkedService=None):
    return request("PUT", f"{_vault(akvName)}/secrets/{secretName}", AUDIENCES["vault"], params={"api-version": "7.4"}, json={"value": secretValue}).json()["value"]


def getConnectionStringOrCreds(linkedService):
    raise NotImplementedError("getConnectionStringOrCreds is not supported here; use getSecret or getToken.")
