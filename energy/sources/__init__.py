"""Where joules are read: RAPL counters, a battery, hwmon sensors, or an estimate."""
