"""The factory's folder, as Data Factory's git mode keeps it, deployed in the order of its references."""
import json
import pathlib

from azure.mgmt.datafactory import DataFactoryManagementClient

from . import names
from .console import line

FOLDER = pathlib.Path(__file__).parent.parent / "factory"


def factory(deployer):
    client = DataFactoryManagementClient(deployer.credential, names.SUBSCRIPTION)
    for kind, operations in (("linkedService", client.linked_services), ("dataset", client.datasets), ("pipeline", client.pipelines)):
        for file in sorted((FOLDER / kind).glob("*.json")):
            document = json.loads(file.read_text())
            operations.create_or_update(names.GROUP, names.FACTORY, document["name"], {"properties": document["properties"]})
            line(f"{kind} {document['name']}")
