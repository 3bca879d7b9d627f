"""Values of options that click has no type for."""

from typing import Any

import click


class Layers(click.ParamType[tuple[int, ...]]):
    """A list of layer sizes such as 500,200."""

    name = "N,N"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        try:
            sizes = tuple(int(size) for size in value.split(","))
        except ValueError:
            sizes = ()
        if not sizes or not all(1 <= size <= 10_000 for size in sizes):
            self.fail(
                f"{value!r} is not a list of layer sizes such as 500,200 (1 to 10000)"
            )
        return sizes


class Positive(click.ParamType[float]):
    """A number above 0."""

    name = "NUMBER"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        try:
            number = float(value)
        except ValueError:
            number = 0.0
        if not 0 < number < float("inf"):
            self.fail(f"{value!r} is not a number above 0")
        return number
