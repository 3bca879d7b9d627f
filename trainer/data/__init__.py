"""Where digits come from: MNIST's CSV files, a download, the embedded set."""
