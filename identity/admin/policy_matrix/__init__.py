"""The policy edited as a matrix (D2, D3): a row a rule, a column a fact, a form for each row.

`grid` is what the page draws, `obliging` the fields of what a rule or profile obliges to, `forms`
the forms, `pages` the addresses; what a form says is written into the text by
`identity.policy.editing` and stored by the one use case.
"""
