#!/usr/bin/env python3
"""docs/parity.md from the witnesses' marks and the server's own list of operations; nothing in it is by hand.

    parity.py WITNESSES.json          writes docs/parity.md
    parity.py --check WITNESSES.json  fails when docs/parity.md says something else

WITNESSES.json is what a whole run of the clients' tests wrote: what GET /axonite/operations answered, and
operation → tests that passed.
"""
import collections
import json
import pathlib
import sys

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs/parity.md"
HEAD = """# What is supported
Made by `scripts/parity.py` from the tests that passed with unmodified clients; do not edit. An operation without a
witness is served but not proved by a client yet. What is not listed here answers with the service's own error.
"""


def page(operations, witnesses):
    by_service = collections.defaultdict(list)
    for operation in operations:
        service, _, name = operation.partition(".")
        by_service[service].append((name, sorted(witnesses.get(operation, []))))
    lines = [HEAD]
    for service in sorted(by_service):
        rows = sorted(by_service[service])
        proved = sum(1 for _, tests in rows if tests)
        lines.append(f"\n## {service}: {proved} of {len(rows)} proved\n\n| operation | witness |\n|---|---|")
        for name, tests in rows:
            shown = ", ".join(f"`{test.split('/')[-1]}`" for test in tests[:2]) + (f" and {len(tests) - 2} more" if len(tests) > 2 else "")
            lines.append(f"| {name} | {shown or '–'} |")
    return "\n".join(lines) + "\n"


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    found = json.loads(pathlib.Path(arguments[0]).read_text())
    text = page(found["operations"], found["witnesses"])
    if "--check" not in sys.argv:
        PAGE.write_text(text)
    elif not PAGE.exists() or text != PAGE.read_text():
        sys.exit("parity: docs/parity.md is not what the tests prove; run ./x parity")


if __name__ == "__main__":
    main()
