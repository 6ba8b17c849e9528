"""What a bank sees (its own money only) and what the province sees of the banks."""
