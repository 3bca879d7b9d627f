"""Archives of pictures, scored on many processes or hosts: `python -m service.bulk`."""
