"""Custom lineage: entities and one Process for each relation, as Atlas keeps lineage."""
import warnings


class Lineage:
    def __init__(self, client):
        self._client = client

    def create_custom_lineage(self, lineage):
        """The service's answer to the upload: mutatedEntities and guidAssignments."""
        numbers = {}
        for entity in lineage["entities"]:
            numbers.setdefault(entity["guid"], str(-len(numbers) - 1))
        names = {entity["guid"]: entity["attributes"]["qualifiedName"] for entity in lineage["entities"]}
        kinds = {entity["guid"]: entity["typeName"] for entity in lineage["entities"]}
        entities = [dict(entity, guid=numbers[entity["guid"]]) for entity in lineage["entities"]]
        for relation in lineage.get("relations", []):
            entities.append(_process(relation, names, kinds, numbers, len(entities)))
        return self._client.catalog("POST", "/entity/bulk", {"entities": entities})

    def get(self, guid, direction="BOTH", depth=3):
        return self._client.catalog("GET", f"/lineage/{guid}?direction={direction}&depth={depth}")


def _process(relation, names, kinds, numbers, count):
    source, target = relation["fromEntityGuid"], relation["toEntityGuid"]
    for guid in (source, target):
        if guid not in names:
            raise ValueError(f"The relation names the guid {guid!r}, which is none of the payload's entities.")
    name = relation.get("relationshipType", "Process")
    warnings.warn(f"A relation {name!r} is the guide's spelling; lineage of the service is a Process with inputs and outputs.", stacklevel=3)

    def reference(guid):
        return {"guid": numbers[guid], "typeName": kinds[guid], "uniqueAttributes": {"qualifiedName": names[guid]}}

    attributes = {"qualifiedName": f"{name}://{names[source]}=>{names[target]}", "name": name, "inputs": [reference(source)], "outputs": [reference(target)]}
    return {"guid": str(-count - 1), "typeName": "Process", "attributes": attributes}
