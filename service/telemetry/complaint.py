"""Something that is wrong for a while, told once and not each second."""

import logging

log = logging.getLogger(__name__)


class Complaint:
    """Logs a fault when it begins, or becomes another one."""

    def __init__(self) -> None:
        self._lasting = ""

    def tell(self, text: str) -> bool:
        """Say what is wrong by now, "" if nothing is; True if that is news."""
        news = bool(text) and text != self._lasting
        self._lasting = text
        if news:
            log.error("%s", text)
        return news
