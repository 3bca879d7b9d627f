"""A file becomes a picture: formats, bounds, decoding, and why one is refused."""
