"""The pages of cycles, batches and payments: translate, call one operation or query, translate back."""
