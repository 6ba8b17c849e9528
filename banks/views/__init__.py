"""Pages of the bank channel for the province, and the quick start for a bank's engineer."""
