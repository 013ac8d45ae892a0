"""Owns: 会诊: the answer every need gets within the term: ready, to be refined, or long-term, with the reason.
May use: market.nda, market.needs, market.listings, records, foundation.
Used by: board, doors.
"""
