"""Pictures in a notebook: what its cells drew, and photographs that were pasted into its text."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from autograder.submission.raw import decoded

_SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_MOST = 10  # of one cell
_LARGEST = 4 << 20  # characters in base64


@dataclass(frozen=True)
class Picture:
    """`data` is base64 of a file that begins as a picture of the type `mime` does, and holds nothing else."""

    mime: str
    data: str


class _Output(msgspec.Struct):
    data: dict[str, msgspec.Raw] = {}


def pictures(outputs: msgspec.Raw, attachments: msgspec.Raw) -> Sequence[Picture]:
    """Those of a cell, from what its JSON calls `outputs` and `attachments`; what is none is left out."""
    found = []
    for bundle in (*_bundles(outputs), *_attached(attachments)):
        picture = next((it for mime in _SIGNATURES if (it := _picture(mime, bundle.get(mime)))), None)
        if picture is not None:
            found.append(picture)
        if len(found) == _MOST:
            break
    return tuple(found)


def _bundles(raw: msgspec.Raw) -> Iterator[Mapping[str, msgspec.Raw]]:
    for item in decoded(raw, list[msgspec.Raw]) or ():
        output = decoded(item, _Output)
        if output is not None:
            yield output.data


def _attached(raw: msgspec.Raw) -> Iterator[Mapping[str, msgspec.Raw]]:
    for item in (decoded(raw, dict[str, msgspec.Raw]) or {}).values():
        yield decoded(item, dict[str, msgspec.Raw]) or {}


def _picture(mime: str, raw: msgspec.Raw | None) -> Picture | None:
    if raw is None or len(memoryview(raw)) > _LARGEST:
        return None
    text = decoded(raw, str | list[str])
    if text is None:
        return None
    data = "".join("".join(text).split())
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None
    return Picture(mime, data) if content.startswith(_SIGNATURES[mime]) else None
