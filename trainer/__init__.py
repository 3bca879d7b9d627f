"""The training job: data, SGD and backprop, evaluation, the gate, schedule, sweep."""
