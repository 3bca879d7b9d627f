"""Runs every benchmark and prints ours, the reference and the ratio."""

from benchmarks import (
    bulk_inference,
    energy_meter,
    forward_pass,
    mini_batch_sgd,
    per_sample_sgd,
    reading_pictures,
)


def main() -> None:
    """Run them one after another; about a minute."""
    per_sample_sgd.main()
    mini_batch_sgd.main()
    forward_pass.main()
    energy_meter.main()
    bulk_inference.main()
    reading_pictures.main()


if __name__ == "__main__":
    main()
