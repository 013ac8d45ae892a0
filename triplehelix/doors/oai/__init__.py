"""Owns: OAI-PMH 2.0 under /oai/: published achievements as Dublin Core, for harvesters.
May use: every room below the doors.
Used by: config, which names its address.
"""
