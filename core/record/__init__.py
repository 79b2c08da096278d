"""The record: one file per article that proves it to anyone, offline.

`gather` takes it from the database, `package` seals it, `keys` signs, `check` verifies it
on a machine that has neither the database nor a model.
"""
