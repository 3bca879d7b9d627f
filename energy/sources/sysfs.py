"""Reads numbers and words from the kernel's files; notes why one cannot be read."""

from pathlib import Path

PERMISSION = "permission"
VANISHED = "vanished"
MALFORMED = "malformed"


def read_into(
    file: Path, key: str, values: dict[str, int], lost: dict[str, str]
) -> None:
    """Put a file's whole number into values, or why there is none into lost."""
    try:
        values[key] = int(file.read_bytes())
    except PermissionError:
        lost[key] = PERMISSION
    except OSError:
        lost[key] = VANISHED
    except ValueError:
        lost[key] = MALFORMED


def read_word(file: Path) -> str:
    """A file's text without the line end; "" if it cannot be read."""
    try:
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return ""
