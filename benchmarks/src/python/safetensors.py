"""Reads safetensors files of float32 tensors."""

import json

import numpy


def read(path):
    """Arrays by name: the file is a length, a JSON header, then the data."""
    content = numpy.memmap(path, dtype=numpy.uint8, mode="r")
    length = int(content[:8].view("<u8")[0])
    header = json.loads(content[8 : 8 + length].tobytes())
    arrays = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        arrays[name] = numpy.array(content[start:end]).view("<f4").reshape(entry["shape"])
    return arrays
