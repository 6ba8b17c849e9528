"""Every write of the postal channel."""
