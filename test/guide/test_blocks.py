"""The document is read as it stands: nothing of it is left out or written anew."""
from blocks import PLACEHOLDERS, read_blocks


def test_every_block_is_found():
    languages = [block.language for block in read_blocks()]
    assert languages == ["python"] * 6 + ["sql"] + ["json"] * 3 + ["python"] * 2


def test_only_placeholders_are_replaced():
    names = {name: f"<{name}>" for name in PLACEHOLDERS}
    for block in read_blocks():
        filled = block.filled(names)
        for name in names:
            filled = filled.replace(f"<{name}>", name)
        assert filled == block.text
        assert "your-" not in block.filled({name: "x" for name in PLACEHOLDERS})
