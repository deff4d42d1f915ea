"""The policy: coarse facts in, a decision with its obligations and reasons out. Pure.

`facts` is the finite space, `decision` what comes out, `document` reads and checks the reviewable
text, `compiled` turns it into a total table.
"""
