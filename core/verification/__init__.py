"""Verify again: does a published article still hold, by its snapshots and by its live sources?"""
