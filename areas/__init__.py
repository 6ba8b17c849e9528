"""Administrative units with dates, and what became of them at a reorganisation."""
