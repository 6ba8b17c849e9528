"""Pages that cross apps, one file for each noun."""
