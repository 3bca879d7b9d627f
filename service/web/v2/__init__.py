"""The Open Inference Protocol (KServe V2) for the model `digits`."""
