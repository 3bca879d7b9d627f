"""What gunicorn does not do by itself; the only code that uses its inner names."""
