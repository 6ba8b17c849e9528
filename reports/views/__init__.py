"""Pages of coverage and of what goes upwards, one file for each noun."""
