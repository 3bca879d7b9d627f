"""The pin: a file that names the one version to serve, whatever is newer."""

import re
from dataclasses import dataclass
from pathlib import Path

from model_store.errors import BrokenPin, StoreUnavailable
from model_store.files.whole_file import whole_file


@dataclass(frozen=True)
class Pin:
    """The file PINNED; every method may raise StoreUnavailable."""

    path: Path

    def read(self) -> int | None:
        """The pinned version, or None. Raises BrokenPin."""
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreUnavailable(self.path, error) from None
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
            raise BrokenPin(self.path, text)
        return int(text)

    def write(self, version: int) -> None:
        """Pin a version."""
        with whole_file(self.path) as file:
            file.write(f"{version}\n".encode())

    def remove(self) -> None:
        """Pin nothing."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnavailable(self.path, error) from None
