"""Functions that draw values."""
