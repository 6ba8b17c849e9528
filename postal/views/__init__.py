"""Pages of the Post: translate, call one operation or query, translate back."""
