"""What a lesson came to, as POST /learn/step answers it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_store import Model
from service.serving.lesson import Lesson, Question, labels_of_others
from service.serving.other_digits import other_digits

_MOST_EXAMPLES = 10
_FIGURES = 6  # significant digits of an answer's numbers


def lesson_document(model: Model, question: Question, lesson: Lesson) -> dict[str, Any]:
    """The passes, the updates, and what they did to others, for JSON."""
    weight = lesson.weight
    after = float(lesson.learnt.weights[weight.layer - 1][weight.row, weight.column])
    return {
        "model": {
            "version": model.version,
            "layers": model.network.layers,
            "activations": list(model.network.activation_names),
            "loss": lesson.loss,
        },
        "label": int(lesson.a[-1].argmax()),
        "truth": question.truth,
        "alpha": question.alpha,
        "a": [_numbers(layer) for layer in lesson.a],
        "n": [_numbers(layer) for layer in lesson.n],
        "slopes": [_numbers(layer) for layer in lesson.slopes],
        "e": _numbers(lesson.e),
        "S": [_numbers(layer) for layer in lesson.S],
        "weight": {**vars(weight), "after": after},
        "losses": _numbers(np.array(lesson.losses)),
        "stopped": lesson.stopped,
        "outputs_after": _numbers(lesson.learnt.outputs(question.pixels[None])[0]),
        "others": others_document(model, lesson),
    }


def others_document(model: Model, lesson: Lesson) -> dict[str, Any]:
    """How 200 other digits are read before and after."""
    digits = other_digits()
    before, after = (
        labels_of_others(model.network),
        labels_of_others(lesson.learnt),
    )
    changed = np.flatnonzero(before != after)
    return {
        "rows": len(digits.labels),
        "right_before": int((before == digits.labels).sum()),
        "right_after": int((after == digits.labels).sum()),
        "changed": len(changed),
        "examples": [
            {
                "sample": int(row),
                "truth": int(digits.labels[row]),
                "before": int(before[row]),
                "after": int(after[row]),
            }
            for row in changed[:_MOST_EXAMPLES]
        ],
    }


def _numbers(values: NDArray[Any]) -> list[float]:
    return [float(f"{value:.{_FIGURES}g}") for value in values.tolist()]
