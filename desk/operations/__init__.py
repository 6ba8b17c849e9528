"""Writes that cross apps."""
