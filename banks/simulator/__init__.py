"""A bank that can be run: it knows nothing of the database and speaks to the interface over HTTP alone."""
