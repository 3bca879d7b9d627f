"""What can go wrong with a stored model.

StoreError
├── InvalidNetwork     the parameters do not make a network
├── CorruptModel       a file is not a model
├── ModelNotAllowed    a file is not on the allow list
├── ModelNotFound      there is no such version
├── ModelWithdrawn     a version was withdrawn
├── NewerVersion       another writer has published meanwhile
├── BrokenPin          a file does not say what was pinned or decided
└── StoreUnavailable   the file system or the object store refuses, or is away
"""


class StoreError(Exception):
    """The base of every error of the model store; its text is one line."""


class InvalidNetwork(StoreError):
    """Parameters that do not chain, are not finite, or name no known activation."""


class CorruptModel(StoreError):
    """A file that is not a model of format 1.

    Attributes: path, reason.
    """

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(f"{path} is not a model: {reason}")
        self.path = path
        self.reason = reason


class ModelNotAllowed(StoreError):
    """A file whose SHA-256 sum is not on the allow list.

    Attributes: path, sha256.
    """

    def __init__(self, path: object, sha256: str) -> None:
        super().__init__(f"{path} is not on the allow list: its sum is {sha256}")
        self.path = path
        self.sha256 = sha256


class ModelNotFound(StoreError):
    """A version that the store does not hold.

    Attributes: version (None: any at all), store.
    """

    def __init__(self, version: int | None, store: object) -> None:
        what = "no valid version" if version is None else f"no version {version}"
        super().__init__(f"{store} holds {what}")
        self.version = version
        self.store = store


class ModelWithdrawn(StoreError):
    """A version that somebody has withdrawn: it may not be served.

    Attributes: version.
    """

    def __init__(self, version: int) -> None:
        super().__init__(f"version {version} is withdrawn")
        self.version = version


class NewerVersion(StoreError):
    """A version that was published since the caller looked at the store.

    Attributes: version, the newest one.
    """

    def __init__(self, version: int) -> None:
        super().__init__(f"version {version} has been published meanwhile")
        self.version = version


class BrokenPin(StoreError):
    """A file whose text names no version to pin, or is no record of a decision.

    Attributes: path, text.
    """

    def __init__(self, path: object, text: str) -> None:
        super().__init__(f"{path} holds {text[:40]!r}, which decides nothing")
        self.path = path
        self.text = text


class StoreUnavailable(StoreError):
    """A place that cannot be read or written.

    Attributes: path, reason.
    """

    def __init__(self, path: object, error: OSError) -> None:
        reason = error.strerror or str(error)
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason
