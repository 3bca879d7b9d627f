"""Names for what is sent as a picture and is none that is read, by its first bytes."""

from typing import Final

_SIGNATURES: Final = (
    (b"\0\0\1\0", "ICO"),
    (b"%PDF-", "PDF"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"8BPS", "PSD"),
    (b"PK\3\4", "ZIP"),
    (b"\x1f\x8b", "gzip"),
)
# The brands of ISO/IEC 23008-12 that pictures coded as HEVC have; and of AV1's.
_HEIC: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF: Final = {b"avif", b"avis"}
_LOOKED_AT: Final = 1024


def brands(body: bytes) -> set[bytes]:
    """What a file of the ISO base media format says that it can be read as."""
    if body[4:8] != b"ftyp":
        return set()
    box = body[8 : min(int.from_bytes(body[:4], "big"), _LOOKED_AT)]
    return {box[i : i + 4] for i in range(0, len(box), 4) if i != 4}


def is_avif(body: bytes) -> bool:
    """Whether a file says that it is an AVIF."""
    return bool(brands(body) & _AVIF)


def foreign_format(body: bytes) -> str | None:
    """The name of the format of a file that has a signature of its own."""
    for signature, name in _SIGNATURES:
        if body.startswith(signature):
            return name
    if is_avif(body):
        return "AVIF"
    return "HEIC" if brands(body) & _HEIC else None


def text_format(body: bytes) -> str | None:
    """SVG, HTML or text; None if the bytes are no text."""
    start = body[:_LOOKED_AT]
    try:
        text = start.decode("utf-8-sig", "strict" if start == body else "ignore")
    except UnicodeDecodeError:
        return None
    if not text or not all(c.isprintable() or c.isspace() for c in text):
        return None
    tags = text.lstrip().lower()
    if tags.startswith("<") and "<svg" in tags:
        return "SVG"
    return "HTML" if tags.startswith(("<!doctype html", "<html")) else "text"
