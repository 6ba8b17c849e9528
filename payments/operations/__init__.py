"""Every write of the payment engine: generation, the batch's way to its settlement, outcomes, closing."""
