"""The Studio page, one file for each state a run can be in."""
