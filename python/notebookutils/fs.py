"""Files of the lake by their abfs[s] address, over the DFS endpoint."""
import re
import urllib.parse

from ._http import ServiceError, request

STORAGE = "https://storage.azure.com"
VERSION = {"x-ms-version": "2023-11-03"}
BLOCK_BYTES = 4 << 20
_ADDRESS = re.compile(r"^(?:abfss?|wasbs?)://([^@/]+)@([^./]+)\.(?:dfs|blob)\.core\.windows\.net(?:/(.*))?$")


class FileInfo:
    def __init__(self, path, name, size, is_directory, modified):
        self.path, self.name, self.size, self.isDir, self.isFile, self.modifyTime = path, name, size, is_directory, not is_directory, modified

    def __repr__(self):
        return f"FileInfo(path={self.path}, name={self.name}, size={self.size})"


class _Place:
    def __init__(self, address):
        found = _ADDRESS.match(address)
        if not found:
            raise ValueError(f"'{address}' is no address of a lake: abfss://container@account.dfs.core.windows.net/path")
        self.container, self.account, path = found.groups()
        self.path = (path or "").strip("/")
        self.endpoint = f"https://{self.account}.dfs.core.windows.net"

    def url(self):
        return f"{self.endpoint}/{self.container}/{urllib.parse.quote(self.path)}"

    def address(self, path):
        return f"abfss://{self.container}@{self.account}.dfs.core.windows.net/{path}"

    def call(self, method, params=None, headers=None, **options):
        return request(method, self.url(), STORAGE, params=params, headers={**VERSION, **(headers or {})}, **options)


def _properties(place):
    """None when there is nothing."""
    if not place.path:
        answer = request("HEAD", f"{place.endpoint}/{place.container}", STORAGE, params={"resource": "filesystem"}, headers=VERSION, allow=(404,))
    else:
        answer = place.call("HEAD", allow=(404,))
    return None if answer.status_code == 404 else answer.headers


def _is_directory(headers):
    return headers.get("x-ms-resource-type", "directory") == "directory"


def _list(place, recursive):
    params = {"resource": "filesystem", "recursive": str(recursive).lower()}
    if place.path:
        params["directory"] = place.path
    while True:
        answer = request("GET", f"{place.endpoint}/{place.container}", STORAGE, params=params, headers=VERSION)
        yield from answer.json().get("paths", [])
        params["continuation"] = answer.headers.get("x-ms-continuation")
        if not params["continuation"]:
            return


def exists(file):
    return _properties(_Place(file)) is not None


def ls(dir):
    place = _Place(dir)
    headers = _properties(place)
    if headers is None:
        raise FileNotFoundError(dir)
    if place.path and not _is_directory(headers):
        return [FileInfo(place.address(place.path), place.path.rsplit("/", 1)[-1], int(headers["Content-Length"]), False, None)]
    return [
        FileInfo(place.address(entry["name"]), entry["name"].rsplit("/", 1)[-1], int(entry.get("contentLength", 0)),
                 str(entry.get("isDirectory", "false")).lower() == "true", entry.get("lastModified"))
        for entry in _list(place, False)
    ]


def mkdirs(dir):
    place = _Place(dir)
    headers = _properties(place)
    if headers is None:
        place.call("PUT", {"resource": "directory"})
    elif not _is_directory(headers):
        raise FileExistsError(dir)
    return True


def _write(place, chunks, overwrite):
    try:
        place.call("PUT", {"resource": "file"}, {} if overwrite else {"If-None-Match": "*"})
    except ServiceError as refused:
        if refused.status == 409 and not overwrite:
            raise FileExistsError(place.address(place.path)) from None
        raise
    _append(place, chunks, 0)


def _append(place, chunks, position):
    for chunk in chunks:
        if chunk:
            place.call("PATCH", {"action": "append", "position": position}, data=chunk)
            position += len(chunk)
    place.call("PATCH", {"action": "flush", "position": position}, {"Content-Length": "0"})


def _pieces(content):
    return (content[start : start + BLOCK_BYTES] for start in range(0, len(content), BLOCK_BYTES))


def put(file, contents, overwrite=False):
    _write(_Place(file), _pieces(contents.encode()), overwrite)
    return True


def append(file, content, createFileIfNotExists=False):
    place = _Place(file)
    headers = _properties(place)
    if headers is None:
        if not createFileIfNotExists:
            raise FileNotFoundError(file)
        return put(file, content)
    _append(place, _pieces(content.encode()), int(headers["Content-Length"]))
    return True


def head(file, maxBytes=1024 * 100):
    place = _Place(file)
    answer = place.call("GET", headers={"Range": f"bytes=0-{maxBytes - 1}"}, allow=(404, 416))
    if answer.status_code == 404:
        raise FileNotFoundError(file)
    return "" if answer.status_code == 416 else answer.content.decode(errors="replace")


def rm(dir, recurse=False):
    place = _Place(dir)
    headers = _properties(place)
    if headers is None:
        raise FileNotFoundError(dir)
    if _is_directory(headers):
        if not recurse and next(iter(_list(place, False)), None) is not None:
            raise OSError(f"The directory is not empty: {dir}")
        params = {"recursive": "true"}
        while True:
            answer = place.call("DELETE", params)
            if not answer.headers.get("x-ms-continuation"):
                return True
            params["continuation"] = answer.headers["x-ms-continuation"]
    place.call("DELETE")
    return True


def _copy_file(source, target):
    answer = source.call("GET", stream=True)
    _write(target, answer.iter_content(BLOCK_BYTES), True)


def _at(place, path):
    return _Place(place.address(path))


def cp(src, dest, recurse=False):
    source, target = _Place(src), _Place(dest)
    headers = _properties(source)
    if headers is None:
        raise FileNotFoundError(src)
    if not _is_directory(headers):
        existing = _properties(target)
        if existing is not None and _is_directory(existing):
            target = _at(target, "/".join(filter(None, (target.path, source.path.rsplit("/", 1)[-1]))))
        _copy_file(source, target)
        return True
    if not recurse:
        raise OSError(f"To copy a directory, give recurse=True: {src}")
    mkdirs(dest)
    for entry in _list(source, True):
        place = _at(target, "/".join(filter(None, (target.path, entry["name"][len(source.path) :].strip("/")))))
        if str(entry.get("isDirectory", "false")).lower() == "true":
            mkdirs(place.address(place.path))
        else:
            _copy_file(_at(source, entry["name"]), place)
    return True


def mv(src, dest, create_path=False, overwrite=False):
    source, target = _Place(src), _Place(dest)
    if _properties(source) is None:
        raise FileNotFoundError(src)
    parent = target.path.rpartition("/")[0]
    if parent and not exists(target.address(parent)):
        if not create_path:
            raise FileNotFoundError(target.address(parent))
        mkdirs(target.address(parent))
    if not overwrite and exists(dest):
        raise FileExistsError(dest)
    if (source.account, source.container) == (target.account, target.container):
        target.call("PUT", headers={"x-ms-rename-source": f"/{source.container}/{urllib.parse.quote(source.path)}"})
    else:
        cp(src, dest, True)
        rm(src, True)
    return True
