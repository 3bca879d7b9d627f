"""The published watts of a CPU, used where they are not measured.

Cloud Carbon Footprint's method (AWS), https://www.cloudcarbonfootprint.org: a virtual
CPU draws 0.74 W idle and 3.5 W at full load, linear in between.
"""

IDLE_WATTS_PER_CPU = 0.74
FULL_WATTS_PER_CPU = 3.5
WATTS_PER_CPU = FULL_WATTS_PER_CPU - IDLE_WATTS_PER_CPU  # what being busy adds

# Three published models of the same machine differed 2.3-fold.
LOW_FACTOR = 0.5
HIGH_FACTOR = 2.0
