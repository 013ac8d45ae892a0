"""Owns: pages, templates, components, styles.
May use: every room below the doors.
Used by: config, which names its URLs.
"""
