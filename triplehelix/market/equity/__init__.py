"""Owns: 股权投资: deals between funds and firms, investable projects, roadshows 路演 with registration and attendance.
May use: market.finance, market.achievements, market.needs, market.listings, records, foundation.
Used by: board, doors.
"""
