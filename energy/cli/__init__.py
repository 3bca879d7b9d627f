"""The commands of the energy meter: sources, watch, and the battery experiment."""
