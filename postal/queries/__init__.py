"""Every read of the postal channel; each takes the reader, and what is outside does not exist."""
