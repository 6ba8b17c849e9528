"""The interface for banks: translate, call one operation or query, translate back."""
