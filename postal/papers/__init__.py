"""Papers of the postal channel: lists to sign as PDF, the same as Excel, increase and decrease, archives."""
