"""An answer in words, as words.js has it: they promise no more than is known."""

from typing import Any

_SURE = 0.8


def percent(share: float) -> str:
    """A share in words that promise neither 100 % nor 0 %."""
    if share > 0.999:
        return "more than 99.9 %"
    if share < 0.001:
        return "less than 0.1 %"
    return f"{int(1000 * share) / 10:.1f} %"


def sentence(answer: dict[str, Any]) -> str:
    """An answer of /predict in one sentence."""
    label, sure = answer["label"], answer["confidence"]
    outputs = answer["outputs"]
    following = max(set(range(10)) - {label}, key=lambda digit: outputs[digit])
    if sure >= _SURE:
        return f"{label}, {percent(sure)} sure; next {following}"
    return f"Not sure: {label} or {following}; {percent(sure)} for {label}"
