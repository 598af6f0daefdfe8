#!/usr/bin/env python3
"""Takes Spark Connect's message descriptions out of the PySpark client, so that no file of Spark has to be kept here.

    spark_descriptors.py PYSPARK_CLIENT.tar.gz WELL_KNOWN.fds OUT.fds

Each *_pb2.py of pyspark/sql/connect/proto holds its FileDescriptorProto as one bytes literal, the argument of
AddSerializedFile. It is read with ast, never imported. A FileDescriptorSet is only "repeated FileDescriptorProto
file = 1", so the set is written by hand: tag 0x0A, length as a varint, the bytes.
"""
import ast
import pathlib
import sys
import tarfile

EXAMPLES = "example_plugins_pb2.py"


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def descriptor(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "AddSerializedFile":
            return ast.literal_eval(node.args[0])
    return None


def main():
    archive, well_known, out = map(pathlib.Path, sys.argv[1:])
    result = bytearray(well_known.read_bytes())
    with tarfile.open(archive) as tar:
        for member in tar:
            if "/sql/connect/proto/" in member.name and member.name.endswith("_pb2.py") and not member.name.endswith(EXAMPLES):
                found = descriptor(tar.extractfile(member).read())
                if found:
                    result += b"\x0a" + varint(len(found)) + found
    out.write_bytes(result)


if __name__ == "__main__":
    main()
