"""A run's curves as TensorBoard's event file: records of a length, a message and their checksums.

The format is TFRecord with `Event` messages in protobuf's wire format; both are frozen by their
many readers, and the two messages that curves need are written here in full.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable
from datetime import datetime

_POLYNOMIAL = 0x82F63B78  # CRC-32C (Castagnoli), reflected
_MASK = 0xA282EAD8


def event_file(begun: datetime, points: Iterable[tuple[datetime, int, str, float]]) -> bytes:
    """Return the file of points (moment, step, tag, value) in the order in which they are given."""
    version = _event(begun, 0, _text(3, "brain.Event:2"))
    events = [_event(at, step, _summary(tag, value)) for at, step, tag, value in points]
    return b"".join(_record(message) for message in (version, *events))


def _event(at: datetime, step: int, what: bytes) -> bytes:
    return b"\x09" + struct.pack("<d", at.timestamp()) + b"\x10" + _varint(step) + what


def _summary(tag: str, value: float) -> bytes:
    scalar = _text(1, tag) + b"\x15" + _float(value)  # fields 1 and 2 of Value
    return _bytes(5, _bytes(1, scalar))


def _float(value: float) -> bytes:
    """Return the value in four bytes; one that has no room in them is infinite."""
    try:
        return struct.pack("<f", value)
    except OverflowError:
        return struct.pack("<f", math.copysign(math.inf, value))


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode())


def _bytes(field: int, content: bytes) -> bytes:
    return bytes([field << 3 | 2]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    number &= 0xFFFFFFFFFFFFFFFF  # a negative one as protobuf has it, else it would never end
    digits = bytearray()
    while number > 0x7F:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*digits, number])


def _record(message: bytes) -> bytes:
    length = struct.pack("<Q", len(message))
    return length + _checksum(length) + message + _checksum(message)


def _checksum(content: bytes) -> bytes:
    crc = crc32c(content)
    masked = ((crc >> 15 | crc << 17) + _MASK) & 0xFFFFFFFF
    return struct.pack("<I", masked)


def crc32c(content: bytes) -> int:
    """Return the CRC-32C of some bytes."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _entry(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ _POLYNOMIAL if value & 1 else value >> 1
    return value


_TABLE = [_entry(value) for value in range(256)]
