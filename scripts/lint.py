#!/usr/bin/env python3
"""Holds the shape of the tree: which room includes which, names, calls, headers, sizes. Seconds, no dependencies.

Exceptions stand in scripts/lint_exceptions.txt as "rule path"; one that is no longer needed fails the run, so the
list can only shrink.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60
HEADER_INCLUDES_MAX = 17

HEAVY = re.compile(r"(duckdb\.hpp?|duckdb/|grpcpp/|google/protobuf|boost/json\.hpp|boost/beast|boost/asio|sqlite3\.h|CLI/|spdlog/|openssl/|curl/)")
CALLS = {
    r"\bstd::sto(i|l|ll|ul|ull|d|f)\b": "use text::parse_int or std::from_chars",
    r"\b(atoi|atol|atof|strtol|strtod)\s*\(": "use text::parse_int or std::from_chars",
    r"\b(sprintf|strcpy|strcat|gets)\s*\(": "use fmt::format or std::string",
    r"\bstd::regex\b": "use RE2 or a small parser; std::regex overflows the stack",
    r"(\bstd::system|(?<!\w)::system|\bpopen)\s*\(": "start processes through the worker room",
    r"\bstd::this_thread::sleep_(for|until)\b": "wait on a Clock or a condition with a deadline",
    r"\b(rand|srand)\s*\(": "use random_bytes or a generator handed in",
    r"\bstd::(cout|cerr)\b": "use log, or the command line's own output in cli",
    r"\bassert\s*\(": "return an Error, or fatal() for a broken invariant",
}
CALL_FREE = {"std::(cout|cerr)": ("src/cli/",)}
NAMES = re.compile(r"(^|[_/])(utils?|helpers?|common|misc|manager)([_./]|$)", re.I)
MARKERS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
# Spelled in pieces, so that this file does not name what it forbids.
MACHINE = re.compile("|".join(re.escape("".join(parts)) for parts in (
    ("/wo", "rk/"), ("/fa", "rm/"), ("/ro", "ot/"), ("pypi", ".org"), ("python", "hosted"), ("npm", "js"), ("crates", ".io"),
    ("repo1", ".maven"), ("repo", ".maven"), ("deb.", "debian"), ("proxy.", "golang"))))


def rooms():
    allowed, order = {}, []
    for line in (ROOT / "scripts/rooms.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        name, _, names = line.partition(":")
        allowed[name] = list(order) if names.strip() == "*" else names.split()
        for other in allowed[name]:
            if other not in order:
                yield_error("rooms", "scripts/rooms.txt", f"{name} names {other}, which is not above it")
        order.append(name)
    if "server" in allowed:
        allowed["cli"] = [room for room in order if room != "cli"]
    return allowed


errors = []


def yield_error(rule, path, text):
    errors.append((rule, path, text))


def room_of(path, allowed):
    best = ""
    for room in allowed:
        if path.startswith(room + "/") and len(room) > len(best):
            best = room
    return best


def check_includes(path, lines, allowed):
    room = room_of(path.removeprefix("src/"), allowed)
    if not room:
        yield_error("room", path, "lies in no room of scripts/rooms.txt")
        return
    includes = 0
    for number, line in enumerate(lines, 1):
        match = re.match(r'#include [<"]([^>"]+)[>"]', line)
        if not match:
            continue
        includes += 1
        target = match.group(1)
        if path.endswith(".h") and HEAVY.search(target) and target != "boost/json/fwd.hpp":
            yield_error("heavy-header", path, f"line {number}: {target} belongs into a source file")
        if line.startswith("#include <"):
            continue
        other = room_of(target, allowed)
        if other and other != room and other not in allowed[room]:
            yield_error("layer", path, f"line {number}: includes {target}; scripts/rooms.txt says '{room}: {' '.join(allowed[room])}'")
    # The composition root is the one place that knows everybody.
    if path.endswith(".h") and includes > HEADER_INCLUDES_MAX and not path.startswith("src/server/"):
        yield_error("header-includes", path, f"{includes} includes (at most {HEADER_INCLUDES_MAX})")


def check_namespace(path, lines):
    """namespace = path; base's vocabulary lives in axonite itself, and a file may add a namespace below its own."""
    folders = path.split("/")[1:-1]
    wanted = "::".join(["axonite", *folders]) if folders[0] != "base" else "axonite"
    opened = [match.group(1) for line in lines if (match := re.match(r"namespace ([\w:]+)", line))]
    if not any(name == wanted or name.startswith(wanted + "::") for name in opened) and not path.endswith("/main.cc"):
        yield_error("namespace", path, f"opens {', '.join(opened) or 'no namespace'}, not {wanted}")


def check_functions(path, lines):
    start = None
    for number, line in enumerate(lines, 1):
        opens = re.match(r"^[A-Za-z_~: ].*\).*\{$", line) and not line.startswith("  ") and not re.match(r"^(namespace|class|struct|enum|union|extern|constexpr .*=|static constexpr .*=|const .*=)", line)
        if opens and start is None and not line.rstrip().endswith("= {"):
            start = number
        elif line.startswith("}") and start is not None:
            if number - start > FUNCTION_LINES_MAX:
                yield_error("function-length", path, f"line {start}: {number - start} lines (at most {FUNCTION_LINES_MAX})")
            start = None


def check_text(path, lines):
    code = path.startswith(("src/", "fuzz/", "bench/")) and path.endswith((".cc", ".h"))
    for number, line in enumerate(lines, 1):
        if MARKERS.search(line) and not path.endswith("lint.py"):
            yield_error("marker", path, f"line {number}: {MARKERS.search(line).group(0)}")
        if MACHINE.search(line) and not path.endswith("lint.py"):
            yield_error("machine", path, f"line {number}: names a machine's path or a registry's host")
        if not code or "_test.cc" in path:
            continue
        stripped = line.split("//")[0]
        for pattern, advice in CALLS.items():
            if re.search(pattern, stripped) and not any(path.startswith(p) for key, free in CALL_FREE.items() if key in pattern for p in free):
                yield_error("call", path, f"line {number}: {stripped.strip()[:60]}: {advice}")


def main():
    allowed = rooms()
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    for path in listed.stdout.splitlines():
        file = ROOT / path
        if not file.is_file() or file.suffix in {".jsonl", ".csv", ".parquet", ".svg", ".png"} or "/seeds/" in path:
            continue
        if path.startswith("src/") and NAMES.search(path.replace("service/resource_manager/", "service/")):  # Azure's own name
            yield_error("name", path, "says what it is not: name the thing")
        try:
            lines = file.read_text().splitlines()
        except UnicodeDecodeError:
            continue
        check_text(path, lines)
        hand_written = file.suffix in {".cc", ".h", ".py", ".ts", ".tsx"} or path == "x"
        if hand_written and len(lines) > FILE_LINES_MAX:
            yield_error("file-length", path, f"{len(lines)} lines (at most {FILE_LINES_MAX})")
        if path.startswith("src/") and file.suffix in {".cc", ".h"}:
            check_includes(path, lines, allowed)
            check_namespace(path, lines)
            check_functions(path, lines)
    return report()


def report():
    exceptions_file = ROOT / "scripts/lint_exceptions.txt"
    exceptions = set()
    if exceptions_file.exists():
        exceptions = {tuple(line.split(maxsplit=1)) for line in exceptions_file.read_text().splitlines() if line and not line.startswith("#")}
    found = {(rule, path) for rule, path, _ in errors}
    bad = [error for error in errors if error[:2] not in exceptions]
    for rule, path, text in bad:
        print(f"{path}: {rule}: {text}")
    for rule, path in sorted(exceptions - found):
        print(f"scripts/lint_exceptions.txt: '{rule} {path}' is no longer needed: delete the line")
    failed = len(bad) + len(exceptions - found)
    print(f"lint: {failed} finding(s)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
