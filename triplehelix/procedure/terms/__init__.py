"""Owns: 标准的设定: what the office has set where the policy leaves a term open or we only propose one.
May use: policy, records, foundation.
Used by: procedure, doors, config.
"""
