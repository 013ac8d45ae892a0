"""Owns: the programs that run for long (site, worker, demo, tests) and how they end.
May use: config, doors, matching, foundation, and records, whose followers the worker runs.
Used by: the program, `python -m triplehelix`.
"""
