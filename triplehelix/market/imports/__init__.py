"""Owns: 批量导入 imports: a sheet's dry run, its error workbook, and its landing, all or nothing.
May use: market.listings, market.achievements, market.needs, records, foundation.
Used by: procedure, doors.
"""
