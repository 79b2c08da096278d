"""Galley's engine: everything but the screens."""
