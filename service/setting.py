"""What one setting is: its variable, its values, and the error for any other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from model_store.address import without_credentials


class ConfigError(Exception):
    """A value out of range; the text names variable, value and what is allowed.

    Attributes: variable, value, allowed.
    """

    def __init__(self, variable: str, value: str, allowed: str) -> None:
        super().__init__(f"{variable}={value!r} is not allowed: {allowed}")
        self.variable = variable
        self.value = value
        self.allowed = allowed


@dataclass(frozen=True)
class Setting:
    """One setting: its variable, its default, and the values that are allowed."""

    variable: str
    default: str
    parse: Callable[[str], Any]
    allowed: str
    help: str
    secret: bool = False

    @property
    def flag(self) -> str:
        """DIGITS_MAX_PIXELS is also --max-pixels."""
        return "--" + self.field.replace("_", "-")

    @property
    def field(self) -> str:
        """The name of its attribute in ServiceConfig."""
        return self.variable.removeprefix("DIGITS_").lower()

    def read(self, environ: Mapping[str, str]) -> Any:
        """The value, or the default if unset or empty. Raises ConfigError."""
        text = environ.get(self.variable) or self.default
        try:
            return self.parse(text)
        except ValueError:
            raise self.refusal(text) from None

    def refusal(self, text: str) -> ConfigError:
        """The error for that value, which is not shown if it may be a secret."""
        hidden = self.secret and not text.startswith("@")
        shown = "..." if hidden else without_credentials(text)
        return ConfigError(self.variable, shown, self.allowed)


def number(
    variable: str, default: float, lowest: float, highest: float, text: str
) -> Setting:
    kind = type(default)

    def parse(value: str) -> float:
        number = kind(value)
        if not lowest <= number <= highest:
            raise ValueError(value)
        return number

    what = "a whole number" if kind is int else "a number"
    allowed = f"{what} from {lowest:,} to {highest:,}"
    return Setting(variable, str(default), parse, allowed, text)


def choice(variable: str, values: tuple[str, ...], text: str) -> Setting:
    def parse(value: str) -> str:
        if value not in values:
            raise ValueError(value)
        return value

    return Setting(variable, values[0], parse, " or ".join(values), text)
