"""Reads that cross apps."""
