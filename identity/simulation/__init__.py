"""What a draft of the policy would have done with recorded traffic, and what being wrong costs.

Pure: decisions come in as words and counts, what changes and two loss curves come out (D5).
"""
