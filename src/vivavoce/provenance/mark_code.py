"""Which tile of time and frequency the watermark lifts and which it lowers, for a key and an edition.

A period of `PERIOD_TILES` by `BANDS` tiles is dealt out by the key: a quarter to a pattern that is always the same and
says where a period begins, the rest to six symbols, one for each byte of the payload. A symbol is one of 256 sequences
of signs that the key gives it; it is read by asking which of them fits best. The payload is the 32-bit id and a CRC-16.

Source: spread-spectrum watermarking in log-spectral tiles (I. Cox et al., "Secure spread spectrum watermarking for
    multimedia", 1997; D. Kirovski and H. Malvar, "Spread-spectrum watermarking of audio signals", 2003), with M-ary
    orthogonal signalling (J. Proakis, "Digital Communications").
"""

import binascii
import hashlib
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NAME = "org.vivavoce.mark.1"
"""Raised when anything changes that a reader must know."""
PUBLIC_KEY = "vivavoce"
"""Stands where a house has set no key of its own: then everybody can read its marks."""
PERIOD_TILES = 120
BANDS = 28
ID_BYTES = 4
PAYLOAD_BYTES = ID_BYTES + 2
ALPHABET = 256
SYNC_TILES = PERIOD_TILES * BANDS // 4
SYMBOL_TILES = (PERIOD_TILES * BANDS - SYNC_TILES) // PAYLOAD_BYTES


class Code(NamedTuple):
    """What a key gives: where each part of the payload lies in a period, and its signs."""

    sync_places: NDArray[np.intp]
    """Shape (SYNC_TILES,): indices into the flattened period."""
    sync_signs: NDArray[np.float64]
    places: NDArray[np.intp]
    """Shape (PAYLOAD_BYTES, SYMBOL_TILES)."""
    signs: NDArray[np.float64]
    """Shape (PAYLOAD_BYTES, ALPHABET, SYMBOL_TILES), each -1 or 1."""


@lru_cache(maxsize=8)
def make_code(key: str) -> Code:
    """Derive the code from a key; the same everywhere and for good, because only SHAKE-256 is asked."""
    tiles = PERIOD_TILES * BANDS
    order = np.argsort(np.frombuffer(_expand(key, "places", tiles * 8), ">u8"), kind="stable")
    signs = _signs(key, "symbols", PAYLOAD_BYTES * ALPHABET * SYMBOL_TILES)
    return Code(
        order[:SYNC_TILES],
        _signs(key, "sync", SYNC_TILES),
        order[SYNC_TILES:].reshape(PAYLOAD_BYTES, SYMBOL_TILES),
        signs.reshape(PAYLOAD_BYTES, ALPHABET, SYMBOL_TILES),
    )


def make_pattern(key: str, edition: str) -> NDArray[np.float64]:
    """Give the signs of one period, shape (PERIOD_TILES, BANDS).

    Args:
        key: The house's.
        edition: Its id; the first eight hexadecimal digits are what the mark carries.
    """
    code = make_code(key)
    period = np.zeros(PERIOD_TILES * BANDS)
    period[code.sync_places] = code.sync_signs
    for places, signs, value in zip(code.places, code.signs, write_payload(edition), strict=True):
        period[places] = signs[value]
    return period.reshape(PERIOD_TILES, BANDS)


def write_payload(edition: str) -> bytes:
    """Give the first eight hexadecimal digits of an id as bytes, with their checksum."""
    identity = bytes.fromhex(edition[: 2 * ID_BYTES])
    return identity + _checksum(identity)


def read_payload(payload: bytes) -> str | None:
    """Give the eight digits that a payload carries; None where the checksum says that it is none."""
    identity, checksum = payload[:ID_BYTES], payload[ID_BYTES:]
    return identity.hex() if checksum == _checksum(identity) else None


def _checksum(identity: bytes) -> bytes:
    """CRC-16/CCITT with a start value other than 0, so that zeros are no payload."""
    return binascii.crc_hqx(identity, 0x5656).to_bytes(2, "big")


def _signs(key: str, use: str, count: int) -> NDArray[np.float64]:
    bits = np.unpackbits(np.frombuffer(_expand(key, use, -(-count // 8)), np.uint8))[:count]
    return bits.astype(np.float64) * 2 - 1


def _expand(key: str, use: str, length: int) -> bytes:
    return hashlib.shake_256(f"{NAME}\0{use}\0{key}".encode()).digest(length)
