"""What obstore raises, told as OSErrors of one short line."""

import contextlib
import errno
import os
import re
from collections.abc import Iterator
from typing import Final

NO_BUCKET: Final = "there is no such bucket"
_REFUSED: Final = "the credentials are refused"
# What obstore puts before the cause; the address in it may hold a key.
_PREAMBLE: Final = re.compile(
    r"Generic \w+ error: |Error performing (list request: |\w+ \S+ in .*? - )"
)
# No answer, or one that asks for patience; obstore has tried again by itself.
_AWAY: Final = re.compile(r"HTTP error: |status code: (408|429|5\d\d)")
_MEANINGS: Final = {
    "NoSuchBucket": NO_BUCKET,
    "ContainerNotFound": NO_BUCKET,
    "403 Forbidden": _REFUSED,
    "401 Unauthorized": _REFUSED,
}


@contextlib.contextmanager
def told_as_os_errors() -> Iterator[None]:
    """What the block raises of obstore becomes an OSError.

    A TimeoutError is one that may be gone when it is tried again later.
    """
    from obstore import exceptions as e  # noqa: PLC0415

    try:
        yield
    except (e.AlreadyExistsError, e.PreconditionError):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
    except FileNotFoundError:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)) from None
    except (e.PermissionDeniedError, e.UnauthenticatedError):
        raise PermissionError(errno.EACCES, _REFUSED) from None
    except (e.BaseError, ValueError) as error:
        short = _short(str(error))
        if _AWAY.search(str(error)):
            raise TimeoutError(errno.ETIMEDOUT, short) from None
        raise OSError(errno.EIO, short) from None


def _short(text: str) -> str:
    """What obstore tells in paragraphs."""
    for sign, meaning in _MEANINGS.items():
        if sign in text:
            return meaning
    line = next(iter(text.strip().splitlines()), "no answer")
    return " ".join(_PREAMBLE.sub("", line).split())[:200]
