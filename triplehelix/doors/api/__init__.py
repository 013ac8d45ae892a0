"""Owns: the API under /api/ and its OpenAPI description.
May use: every room below the doors.
Used by: config, which names its URLs.
"""
