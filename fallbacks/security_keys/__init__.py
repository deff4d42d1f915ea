"""Security keys and passkeys (WebAuthn), with the person verified by the key itself.

`relying_party` says who we are to a key, `ceremonies` keeps the questions, `registration` takes a
new key in, `assertion` checks an answer, `credentials` holds what a person has.
"""
