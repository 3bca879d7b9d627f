"""Changed copies of digits, which a network learns from as well."""
