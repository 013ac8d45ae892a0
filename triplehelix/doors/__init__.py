"""Owns: the five ways in: pages (web), API (api), OAI-PMH (oai), other markets (exchange), commands (cli); the files
they hand out and whom they let in.
May use: every room below; each door one domain call, then the answer.
Used by: config, which names their URLs; the doors themselves.
"""
