"""Writes of people, their entitlements and how they are paid."""
