"""Every read of the payment engine."""
