"""What people decide about versions: pins, canaries and withdrawals."""
