"""The key that tokens are signed with, or why there is none."""

from pathlib import Path

from feedback.corrections.secret import BadSecret, secret
from feedback.corrections.tokens import Tokens
from service.telemetry.background import LoggedOnce

OFF = "off"


class TokenKey:
    """Read once; tried again while the file cannot be read or made.

    Attributes: tokens, None where feedback is off or there is no key.
    """

    def __init__(self, mode: str, path: Path | None, state: Path) -> None:
        self.is_on = mode != OFF
        self.tokens: Tokens | None = None
        self._path = path
        self._state = state
        self._logged = LoggedOnce()

    def refresh(self) -> None:
        """Read the key, if it is not known yet."""
        if self.tokens or not self.is_on:
            return
        try:
            self.tokens = Tokens(secret(self._path, self._state))
        except BadSecret as error:
            self._logged.report(f"no corrections can be taken: {error}")
