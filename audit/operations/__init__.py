"""What is written to the audit by hand: looks, and seals."""
