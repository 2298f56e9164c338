"""One file format for traces, checkpoints and saved memories: safetensors arrays, a JSON header, a SHA-256 over it all.

Layout: 8 bytes length | JSON {"__metadata__": {"memviz": HEADER}, name: {dtype, shape, data_offsets}, ...} | arrays.
HEADER is JSON text that begins {"sha256":"...","format":"memviz-trace/1","arrays":[names in order],...}; the sum is
that of the whole file with its own 64 digits set to zero. Files come from strangers: `unpack` checks the whole header
before it touches an array, so whatever the bytes are, the answer is arrays or one FileError. Never pickle.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import re
import secrets
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy

import memviz
from memviz.contracts.errors import FileError
from memviz.contracts.json_text import parse_json
from memviz.contracts.tensors import NUMPY_NAMES, Place, is_name, layout, read_header

ZEROS = "0" * 64
SUM = re.compile(rb'\{"__metadata__":\{"memviz":"\{\\"sha256\\":\\"([0-9a-f]{64})\\"')
FORMAT = re.compile(r"([a-z]+(?:-[a-z]+)*)/([1-9][0-9]{0,3})")


@dataclass(frozen=True)
class Limits:
    """How much a file may ask of us; an upload deserves less than a person's own disk."""

    file_bytes: int = 1 << 30
    header_bytes: int = 4 << 20
    arrays: int = 4096


LIMITS = Limits()


def pack(format: str, header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """The file as bytes: same input, same bytes. Raises FileError for a header, name or dtype it cannot hold."""
    ready = {name: _plain(format, name, array) for name, array in arrays.items()}
    versions = {"memviz": memviz.__version__, "numpy": np.__version__, "python": platform.python_version()}
    own = {"sha256": ZEROS, "format": format, "arrays": list(arrays)}
    whole = own | {"versions": versions} | {name: value for name, value in header.items() if name not in own}
    try:
        text = json.dumps(whole, allow_nan=False, separators=(",", ":"), default=_scalar)
        parse_json(text)  # what is written can be read again
    except (TypeError, ValueError, RecursionError) as error:
        raise FileError(
            f"{format}: want JSON values in the header, got {error!s:.200} (turn them into lists)"
        ) from error
    blob = bytes(safetensors.numpy.save(ready, {"memviz": text}))
    mark = SUM.match(blob, 8)
    if mark is None:
        raise FileError(f"{format}: want safetensors to write its metadata first, got {blob[8:60]!r} (report this)")
    return blob[: mark.start(1)] + hashlib.sha256(blob).hexdigest().encode() + blob[mark.end(1) :]


def unpack(
    blob: bytes, formats: Sequence[str], limits: Limits = LIMITS, where: str = "upload"
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Header and arrays of a file of one of `formats`, each named by the newest version that can be read.

    Raises FileError whatever is wrong, before more is allocated than the file is long.
    """
    try:
        header, places, start = _examine(blob, formats, limits)
        data = memoryview(blob)[start:]
        arrays = {place.name: place.take(data) for place in places}
        return header, {name: arrays[name] for name in header["arrays"]}
    except ValueError as error:
        raise _refuse(where, " or ".join(formats), error) from error


def write_file(path: Path | str, format: str, header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write the file atomically: a reader or a crash sees the old one or the new one, never half."""
    path, blob = Path(path), pack(format, header, arrays)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as undo:
            undo.callback(draft.unlink, missing_ok=True)
            with draft.open("xb") as file:
                file.write(blob)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
    except (OSError, ValueError) as error:
        raise FileError(f"{path}: want to write a {format}, got {error!s:.200} (choose another place)") from error


def read_file(
    path: Path | str, formats: Sequence[str], limits: Limits = LIMITS
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """`unpack` of a file on disk; its size is checked before it is read."""
    return unpack(read_bytes(path, limits), formats, limits, str(path))


def read_bytes(path: Path | str, limits: Limits = LIMITS) -> bytes:
    """A regular file's bytes. Raises FileError when there is none or it is larger than `limits` allow."""
    try:
        about = Path(path).stat()
        if not stat.S_ISREG(about.st_mode):
            raise FileError(f"{path}: want a file, got a folder or a device (name a file)")
        if about.st_size > limits.file_bytes:
            raise FileError(f"{path}: want at most {limits.file_bytes} bytes, got {about.st_size} (open a smaller one)")
        with Path(path).open("rb") as file:
            return file.read(limits.file_bytes + 1)
    except (OSError, ValueError) as error:
        raise FileError(f"{path}: want a file to read, got {error!s:.200} (check the name)") from error


def format_of(blob: bytes, limits: Limits = LIMITS, where: str = "upload") -> str:
    """What the bytes claim to be, such as "memviz-trace/1", so that a caller can choose a reader. Raises FileError."""
    try:
        return str(_inner(read_header(blob, limits.header_bytes)[0])["format"])
    except ValueError as error:
        raise _refuse(where, "memviz", error) from error


def _examine(blob: bytes, formats: Sequence[str], limits: Limits) -> tuple[dict[str, Any], list[Place], int]:
    if len(blob) > limits.file_bytes:
        raise ValueError(f"{len(blob)} bytes, where at most {limits.file_bytes} are read")
    outer, start = read_header(blob, limits.header_bytes)
    header = _inner(outer)
    _check_format(header["format"], formats)
    _check_sum(blob, start, header.get("sha256"))
    entries = {name: entry for name, entry in outer.items() if name != "__metadata__"}
    order = header.get("arrays")
    if len(entries) > limits.arrays:
        raise ValueError(f"{len(entries)} arrays, where at most {limits.arrays} are read")
    if not isinstance(order, list) or not all(isinstance(n, str) for n in order) or sorted(order) != sorted(entries):
        raise ValueError("a header that names other arrays than the file holds")
    return header, layout(entries, len(blob) - start), start


def _inner(outer: dict[str, Any]) -> dict[str, Any]:
    metadata = outer.get("__metadata__")
    text = metadata.get("memviz") if isinstance(metadata, dict) else None
    header = parse_json(text) if isinstance(text, str) else None
    if not isinstance(header, dict) or not isinstance(header.get("format"), str):
        raise ValueError("a file without a memviz header")
    return header


def _check_format(got: str, formats: Sequence[str]) -> None:
    newest = dict(_kind(format) for format in formats)
    kind, version = _kind(got)
    if kind not in newest:
        raise ValueError(f"a {got}")
    if version > newest[kind]:
        raise ValueError(f"a {got}, which is newer (update memviz)")


def _kind(format: str) -> tuple[str, int]:
    match = FORMAT.fullmatch(format)
    if match is None:
        raise ValueError(f"a format {format!r:.60}, which is none of ours")
    return match.group(1), int(match.group(2))


def _check_sum(blob: bytes, start: int, told: Any) -> None:
    mark = SUM.match(blob, 8, start)
    if mark is None or mark.group(1).decode() != told:
        raise ValueError("a file whose checksum is not where it belongs")
    whole = hashlib.sha256(blob[: mark.start(1)] + ZEROS.encode())
    whole.update(memoryview(blob)[mark.end(1) :])
    if whole.hexdigest() != told:
        raise ValueError("a file whose checksum does not match its contents, so it was damaged or changed")


def _plain(format: str, name: str, array: np.ndarray) -> np.ndarray:
    array = np.asarray(array)
    if not is_name(name) or array.dtype.name not in NUMPY_NAMES:
        raise FileError(
            f"{format}: want an array name of letters, digits, _ and . / : - with a dtype of {', '.join(NUMPY_NAMES)}, "
            f"got {name!r:.60} of {array.dtype.name} (rename or convert it)"
        )
    # safetensors writes wrong values for strided arrays without a word; a 0-d array would come back 1-d
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).reshape(array.shape)


def _scalar(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a {type(value).__name__}")


def _refuse(where: str, wanted: str, error: ValueError) -> FileError:
    remedy = "" if "(update memviz)" in str(error) else " (get it again or make it anew)"
    return FileError(f"{where}: want a {wanted} file, got {error!s:.300}{remedy}")
