"""Every read of the reports; each takes the reader, who sees the communes of his own area only."""
