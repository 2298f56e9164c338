"""NumPy's npz, read like a stranger's file: no pickle, no code in headers, and no more memory than LARGEST bytes."""

from __future__ import annotations

import io
import math
import re
import zipfile
import zlib
from pathlib import Path

import numpy as np

from memviz.contracts.errors import FileError
from memviz.contracts.store import LIMITS, Limits, read_bytes
from memviz.contracts.tensors import DTYPES, NUMPY_NAMES, RANK

LARGEST = 1 << 28  # of all arrays together, unpacked: a small zip can hold gigabytes of zeros
CODES = {code[1:] for code in DTYPES.values()}
# What np.save writes before the data; anything else (objects, records) is not an array of numbers.
HEADER = re.compile(
    rb"\x93NUMPY(?:\x01\x00..|[\x02\x03]\x00....)"
    rb"\{'descr': '([<>|][a-z][0-9]{1,2})', 'fortran_order': (True|False), 'shape': \(([0-9, ]{0,200})\), \} *\n",
    re.DOTALL,
)


def read(source: Path | str | bytes, limits: Limits = LIMITS, where: str = "npz") -> dict[str, np.ndarray]:
    """The arrays of an npz file or of its bytes, which came from `where`. Raises FileError whatever the bytes are."""
    where = where if isinstance(source, bytes) else str(source)
    blob = source if isinstance(source, bytes) else read_bytes(source, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            members = archive.infolist()
            _check_members(members, limits)
            return {member.filename.removesuffix(".npy"): _array(archive.read(member)) for member in members}
    except (ValueError, EOFError, OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise FileError(f"{where}: want an npz file of arrays, got {error!s:.200} (save it with np.savez)") from error


def _check_members(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.arrays:
        raise ValueError(f"{len(members)} arrays, where at most {limits.arrays} are read")
    if sum(member.file_size for member in members) > min(LARGEST, limits.file_bytes):
        raise ValueError(f"arrays of more than {min(LARGEST, limits.file_bytes)} bytes")
    for member in members:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or member.flag_bits & 1:
            raise ValueError(f"a member {member.filename!r:.60} packed in a way np.savez never does")
    if len({member.filename for member in members}) < len(members):
        raise ValueError("two arrays of one name")


def _array(data: bytes) -> np.ndarray:
    header = HEADER.match(data)
    if header is None:
        raise ValueError("a member that is not an array of numbers")
    code = header[1].decode()
    if code[1:] not in CODES:
        raise ValueError(f"an array of dtype {code}, where {', '.join(NUMPY_NAMES)} are read")
    dtype = np.dtype(code)
    shape = tuple(int(size) for size in header[3].decode().split(",") if size.strip())
    if len(shape) > RANK or 0 in shape or len(data) - header.end() != math.prod(shape) * dtype.itemsize:
        raise ValueError(f"{len(data) - header.end()} bytes for an array of {shape}")
    flat = np.frombuffer(data, dtype, offset=header.end()).astype(dtype.newbyteorder("="))
    return flat.reshape(shape, order="F" if header[2] == b"True" else "C")
