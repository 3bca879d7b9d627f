"""Converts joules into watt-hours, the burning time of a bulb, and grams of CO2e."""

JOULES_PER_WATT_HOUR = 3600.0
NOTES_BULB_WATTS = 28.0  # the light bulb of the course notes' experiment

# World average of 2023: Ember, Global Electricity Review 2024 (480 gCO2e/kWh, life
# cycle). Grids differ more than tenfold, so an operator should set the local figure.
WORLD_GRAMS_PER_KWH = 480.0


def watt_hours(joules: float) -> float:
    """Joules as watt-hours: 2763 J are 0.7675 Wh."""
    return joules / JOULES_PER_WATT_HOUR


def bulb_seconds(joules: float, bulb_watts: float = NOTES_BULB_WATTS) -> float:
    """How many seconds a bulb shines for these joules: 2763 J are 98.7 s at 28 W."""
    return joules / bulb_watts


def cycles_per_bulb_hour(joules: float, bulb_watts: float = NOTES_BULB_WATTS) -> float:
    """How many cycles of this many joules use as much energy as a bulb in an hour.

    The course notes' last figure: 2763 J a cycle give 36.48 cycles. Infinity for a
    cycle of no joules.
    """
    return bulb_watts / watt_hours(joules) if joules else float("inf")


def co2e_grams(joules: float, grams_per_kwh: float = WORLD_GRAMS_PER_KWH) -> float:
    """Grams of CO2 equivalent that a grid of this intensity (g/kWh) emits for them."""
    return watt_hours(joules) / 1000 * grams_per_kwh
