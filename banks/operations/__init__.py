"""What banks and the province's officers may change about the bank channel."""
