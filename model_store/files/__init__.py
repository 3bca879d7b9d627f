"""The files of a store: how they are written whole, found, read and checked."""
