"""Owns: 专项资金: purses, commitments, payments, refunds, double entry in whole fen, simulation, bank files.
May use: records, foundation.
Used by: procedure, programmes, board, doors, config.
"""
