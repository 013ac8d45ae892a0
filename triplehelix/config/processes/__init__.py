"""Owns: the programs that run for long (site, worker, demo, tests) and how they end.
May use: config, doors, and the rooms whose tasks the worker runs.
Used by: the program, `python -m triplehelix`.
"""
