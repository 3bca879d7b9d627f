"""The estimate against CodeCarbon's, in the same run, where that is installed.

Both are CPU seconds times watts, so agreement proves the plumbing and the units of two
programs that share no code; it says nothing about the watts.
"""

import hashlib
import os
import time

import pytest

from energy import EnergySettings, open_meter

WATTS_PER_CPU = 3.5
JOULES_PER_KWH = 3.6e6
TEN_MEGABYTES = bytes(10_000_000)

codecarbon = pytest.importorskip("codecarbon", reason="CodeCarbon is not installed")


@pytest.mark.filterwarnings("ignore")  # CodeCarbon's own are not ours to mend
def test_codecarbon_finds_the_same_joules() -> None:
    tracker = codecarbon.OfflineEmissionsTracker(
        country_iso_code="CHE",
        tracking_mode="process",
        force_cpu_power=WATTS_PER_CPU * (os.cpu_count() or 1),
        measure_power_secs=1,
        allow_multiple_runs=True,  # else it replaces the handlers of our signals
        save_to_file=False,
        log_level="critical",
    )
    settings = EnergySettings(source="estimate", watts_per_cpu=WATTS_PER_CPU)
    phase = open_meter(settings).measure()
    tracker.start()
    with phase:
        # By CPU time: on a busy machine CodeCarbon's own share would be too large.
        # Work that lets go of the interpreter's lock: CodeCarbon divides CPU time by
        # wall time, and a sampling thread that waits between the two reads is wrong.
        end = time.process_time() + 15
        while time.process_time() < end:
            hashlib.sha256(TEN_MEGABYTES)
    tracker.stop()
    theirs = tracker.final_emissions_data.cpu_energy * JOULES_PER_KWH
    assert phase.joules == pytest.approx(theirs, rel=0.03)
