"""Thread time is the right clock of a request, with one BLAS thread and only then."""

import os
import subprocess
import sys

import pytest

from tests.support.environment import ROOT

# CPU seconds of all threads over those of this one, for some forward passes of a batch.
FORWARD = """
import time
import numpy as np
from model_store import Network
layers = (784, 500, 200, 10)
network = Network(
    weights=tuple(np.ones(w, np.float32) for w in zip(layers, layers[1:])),
    biases=tuple(np.zeros(n, np.float32) for n in layers[1:]),
    activation_names=("relu", "relu", "softmax"),
)
pixels = np.ones((1024, 784), np.uint8)
network.logits(pixels)
thread, process = time.thread_time(), time.process_time()
for _ in range(20):
    network.logits(pixels)
print((time.process_time() - process) / (time.thread_time() - thread))
"""


@pytest.mark.parametrize(("threads", "all_in_one"), [(1, True), (2, False)])
def test_forward_pass_costs_cpu_in_its_own_thread_only_with_one_blas_thread(
    threads: int, all_in_one: bool
) -> None:
    """Else thread time, which the service meters requests by, would miss a part."""
    if threads > len(os.sched_getaffinity(0)):
        pytest.skip("BLAS makes no more threads than there are CPUs")
    ratio = subprocess.run(
        [sys.executable, "-c", FORWARD],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": str(threads)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert (float(ratio) < 1.05) == all_in_one
