"""What is ink on a page, and which parts it has."""
