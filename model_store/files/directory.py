"""What a store's directories hold: versions and reports, each named by its number."""

import re
import shutil
from pathlib import Path

from model_store.errors import StoreUnavailable

_NUMBER = re.compile(r"\d{6}|[1-9]\d{6,}", re.ASCII)


def listed(directory: Path) -> list[Path]:
    """What is in a directory; nothing, if it is not there. Raises StoreUnavailable."""
    try:
        return [*directory.iterdir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreUnavailable(directory, error) from None


def version_of(path: Path) -> int:
    """The version that a file or a report is named by; 0 if by none."""
    return int(path.stem) if _NUMBER.fullmatch(path.stem) else 0


def remove(path: Path) -> None:
    """Remove a file or a directory, if it is still there. Raises StoreUnavailable."""
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise StoreUnavailable(path, error) from None
