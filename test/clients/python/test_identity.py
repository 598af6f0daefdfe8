"""azure-identity, azure-mgmt-authorization and azure-synapse-accesscontrol."""
import base64
import json
import os
import uuid

import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.identity import ClientSecretCredential
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@pytest.mark.witness("entra.Token", "entra.OpenIdConfiguration")
def test_tokens_say_who_and_for_what(owner, tenant_id):
    said = claims(owner.get_token("https://vault.azure.net/.default").token)
    assert said["aud"].rstrip("/") == "https://vault.azure.net"
    assert (said["tid"], said["appid"], said["idtyp"]) == (tenant_id, os.environ["AZURE_CLIENT_ID"], "app")
    assert said["exp"] > said["nbf"]


@pytest.mark.parametrize("tenant, client, secret, number", [
    (None, None, "wrong", "AADSTS7000215"),
    (None, str(uuid.uuid4()), "wrong", "AADSTS700016"),
    (str(uuid.uuid4()), None, None, "AADSTS90002"),
])
def test_wrong_credentials_are_refused(tenant_id, tenant, client, secret, number):
    credential = ClientSecretCredential(tenant or tenant_id, client or os.environ["AZURE_CLIENT_ID"], secret or "x")
    with pytest.raises((ClientAuthenticationError, ValueError), match=f"{number}|Unable to get authority"):
        credential.get_token("https://management.azure.com/.default")


@pytest.mark.witness("authorization.PutRoleAssignment", "authorization.GetRoleAssignment", "authorization.DeleteRoleAssignment",
                     "authorization.ListRoleAssignments", "authorization.ListRoleDefinitions", "authorization.GetRoleDefinition",
                     "graph.CreateApplication", "graph.CreateServicePrincipal", "graph.AddPassword")
def test_a_role_opens_its_scope_and_no_other(owner, stranger, subscription_id, unique):
    groups = ResourceManagementClient(owner, subscription_id).resource_groups
    group = groups.create_or_update(unique, {"location": "eastus"})
    theirs = ResourceManagementClient(stranger, subscription_id).resource_groups
    with pytest.raises(HttpResponseError) as refused:
        theirs.get(unique)
    assert refused.value.status_code == 403 and refused.value.error.code == "AuthorizationFailed"

    roles = AuthorizationManagementClient(owner, subscription_id)
    reader, = roles.role_definitions.list(group.id, filter="roleName eq 'Reader'")
    assert reader.name == READER
    assert roles.role_definitions.get(group.id, READER).role_name == "Reader"
    principal = claims(stranger.get_token("https://management.azure.com/.default").token)["oid"]
    name = str(uuid.uuid4())
    made = roles.role_assignments.create(group.id, name, {"role_definition_id": reader.id, "principal_id": principal, "principal_type": "ServicePrincipal"})
    assert theirs.get(unique).id == group.id
    with pytest.raises(HttpResponseError):
        theirs.create_or_update(unique, {"location": "eastus", "tags": {"a": "b"}})
    assert roles.role_assignments.get(group.id, name).principal_id == principal
    assert made.id in {one.id for one in roles.role_assignments.list_for_scope(group.id, filter=f"principalId eq '{principal}'")}
    roles.role_assignments.delete(group.id, name)
    with pytest.raises(HttpResponseError):
        theirs.get(unique)
    groups.begin_delete(unique).result()


def graph(owner, method, path, body=None):
    headers = {"Authorization": "Bearer " + owner.get_token("https://graph.microsoft.com/.default").token}
    return requests.request(method, "https://graph.microsoft.com/v1.0" + path, json=body, headers=headers, timeout=30)


@pytest.mark.witness("graph.UpdateApplication", "graph.GetApplication", "graph.DeleteApplication", "entra.Token")
def test_an_application_takes_tokens_of_the_version_that_it_registered(owner, stranger, tenant_id):
    application = graph(owner, "POST", "/applications", {"displayName": "an API"}).json()
    uri = "api://" + application["appId"]
    with pytest.raises(ClientAuthenticationError, match="AADSTS500011"):
        stranger.get_token(uri + "/.default")  # no principal in the tenant yet; MSAL remembers the refusal for its caller
    graph(owner, "POST", "/servicePrincipals", {"appId": application["appId"]}).raise_for_status()
    first = claims(owner.get_token(uri + "/.default").token)
    assert (first["ver"], first["aud"], first["iss"]) == ("1.0", uri, f"https://sts.windows.net/{tenant_id}/")

    changes = {"identifierUris": [f"api://flights-{tenant_id}"], "api": {"requestedAccessTokenVersion": 2}}
    assert graph(owner, "PATCH", f"/applications/{application['id']}", changes).status_code == 204
    second = claims(owner.get_token(f"api://flights-{tenant_id}/.default").token)
    assert (second["ver"], second["aud"], second["iss"]) == ("2.0", application["appId"], f"https://login.microsoftonline.com/{tenant_id}/v2.0")
    assert second["azp"] == os.environ["AZURE_CLIENT_ID"] and "appid" not in second
    assert graph(owner, "GET", f"/applications/{application['id']}").json()["api"] == {"requestedAccessTokenVersion": 2}

    # Such a token is good for that application alone, and a URI has one owner.
    token = owner.get_token(f"api://flights-{tenant_id}/.default").token
    refused = requests.get("https://management.azure.com/subscriptions?api-version=2022-12-01", headers={"Authorization": "Bearer " + token}, timeout=30)
    assert refused.status_code == 401 and refused.json()["error"]["code"] == "InvalidAuthenticationTokenAudience"
    other = graph(owner, "POST", "/applications", {"displayName": "another", "identifierUris": changes["identifierUris"]})
    assert other.status_code == 409
    assert graph(owner, "DELETE", f"/applications/{application['id']}").status_code == 204
    assert graph(owner, "GET", f"/applications/{application['id']}").status_code == 404


@pytest.mark.witness("graph.RemovePassword", "graph.DeleteServicePrincipal")
def test_a_removed_secret_and_a_removed_principal_get_no_token(owner, stranger, tenant_id):
    application = graph(owner, "POST", "/applications", {"displayName": "rotated"}).json()
    principal = graph(owner, "POST", "/servicePrincipals", {"appId": application["appId"]}).json()
    old, new = (graph(owner, "POST", f"/applications/{application['id']}/addPassword", {}).json() for _ in range(2))

    def token(secret):
        return ClientSecretCredential(tenant_id, application["appId"], secret["secretText"]).get_token("https://vault.azure.net/.default")

    assert token(old) and token(new)
    assert graph(stranger, "POST", f"/applications/{application['id']}/removePassword", {"keyId": old["keyId"]}).status_code == 403
    assert graph(owner, "POST", f"/applications/{application['id']}/removePassword", {"keyId": old["keyId"]}).status_code == 204
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        token(old)
    assert token(new)
    assert graph(owner, "DELETE", f"/servicePrincipals/{principal['id']}").status_code == 204
    with pytest.raises(ClientAuthenticationError, match="AADSTS700016"):
        token(new)
