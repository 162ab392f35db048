"""Analysis: from names to attributes, functions and types; mistakes well said.

context      what analysis may ask of the session
analyzer     analyze(plan, context): the batches, in order
"""
