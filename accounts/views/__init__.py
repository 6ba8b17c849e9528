"""Pages of officers and their accounts."""
