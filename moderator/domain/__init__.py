"""What a comment, an item, a decision, a policy, a person, an account and a record *are*.

Standard library only, no input or output, and time is always an argument.
"""
