"""Owns: the five ways in: pages (web), API (api), OAI-PMH (oai), other markets (exchange), commands (cli); their files.
May use: every room below; each door one domain call, then the answer.
Used by: config, which names their URLs; the doors themselves.
"""
