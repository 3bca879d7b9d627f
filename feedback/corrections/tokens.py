"""Tokens: what shows that this service gave that answer for those pixels.

A correction needs the token of the answer that it corrects, so nobody can send pixels
that the service has not read from a picture itself; and nothing need be kept of whoever
sends no correction.
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from hashlib import blake2b
from hmac import compare_digest
from typing import Final

VALID_S: Final = 24 * 3600
_AHEAD_S: Final = 60  # clocks of two hosts differ
_ANSWER: Final = struct.Struct(">IIBH")  # version, time, label, confidence
_MAC_BYTES: Final = 16
_WHOLE: Final = 65_535  # a confidence of 1


class BadToken(Exception):
    """A token that stands for no answer, or not for this one; the text says why."""


@dataclass(frozen=True)
class Answered:
    """What a token says: the answer, and when it was given (seconds since 1970)."""

    label: int
    version: int
    confidence: float
    at: int


def digest_of(pixels: bytes) -> str:
    """By which the pixels are known, 64 hexadecimal digits; 784 grey levels."""
    return blake2b(pixels, digest_size=32).hexdigest()


@dataclass(frozen=True)
class Tokens:
    """Issues tokens and checks them, with the key that all hosts share."""

    key: bytes

    def issue(
        self, pixels: bytes, label: int, version: int, confidence: float, now: float
    ) -> str:
        """The token of an answer, some microseconds' work: each prediction has one."""
        share = min(round(confidence * _WHOLE), _WHOLE)
        answer = _ANSWER.pack(version, int(now), label, share)
        mac = self._mac(answer, blake2b(pixels, digest_size=32).digest())
        return base64.urlsafe_b64encode(answer + mac).decode()

    def check(self, token: str, digest: str) -> Answered:
        """What the token says of the pixels with that digest, whatever its age.

        Raises BadToken.
        """
        whole = _decoded(token)
        answer, mac = whole[: _ANSWER.size], whole[_ANSWER.size :]
        if not compare_digest(mac, self._mac(answer, bytes.fromhex(digest))):
            raise BadToken("the token belongs to another picture or another service")
        return said_by(token)

    def client(self, identity: bytes) -> str:
        """A client's name in the database; without the key it leads back to nobody."""
        name = blake2b(identity, key=self.key, digest_size=16, person=b"client")
        return name.hexdigest()

    def _mac(self, answer: bytes, digest: bytes) -> bytes:
        """RFC 7693's keyed mode, which is a MAC, and faster than HMAC here."""
        return blake2b(answer + digest, key=self.key, digest_size=_MAC_BYTES).digest()


def said_by(token: str) -> Answered:
    """What a token says, not yet checked. Raises BadToken."""
    version, at, label, confidence = _ANSWER.unpack_from(_decoded(token))
    return Answered(label, version, confidence / _WHOLE, at)


def refuse_expired(answered: Answered, now: float) -> None:
    """Raises BadToken."""
    if not -_AHEAD_S <= now - answered.at <= VALID_S:
        raise BadToken("the token is older than 24 hours; ask for a prediction again")


def _decoded(token: str) -> bytes:
    try:
        whole = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        whole = b""
    if len(whole) != _ANSWER.size + _MAC_BYTES:
        raise BadToken("the token is none of this service's")
    return whole
