"""The fenced code blocks of the integration guide, out of the document itself."""
import pathlib
import re
from typing import NamedTuple

DOCUMENT = pathlib.Path(__file__).with_name("integration-guide.md")

# The guide's placeholder names. Nothing else of a block is replaced.
PLACEHOLDERS = ("your-synapse-workspace", "your-ml-workspace", "your-resource-group", "your-subscription-id", "your-tenant-id",
                "your-purview-account", "your-collection", "your-data-factory-name", "your-synapse", "yourstorage",
                "container@storage", "container")


class Block(NamedTuple):
    number: int  # from 1, in the order of the document; diagrams are not counted
    language: str
    heading: str
    text: str

    def filled(self, names):
        """The text with `names` (placeholder → name) put in; a placeholder without a name is an error."""
        def name(found):
            return names[found[0]]

        pattern = "|".join(re.escape(one) for one in PLACEHOLDERS if one != "container")
        return re.sub(pattern + r"|(?<=net/)container(?=/)", name, self.text)


def read_blocks():
    blocks, heading, language, lines = [], "", None, []
    for line in DOCUMENT.read_text().splitlines():
        if language is None and line.startswith("#"):
            heading = line.lstrip("# ")
        elif language is None and line.startswith("```"):
            language, lines = line[3:].strip(), []
        elif language is not None and line.startswith("```"):
            blocks.append(Block(len(blocks) + 1, language, heading, "\n".join(lines) + "\n"))
            language = None
        elif language is not None:
            lines.append(line)
    return blocks
