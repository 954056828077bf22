"""The published policy applied: the document, how text is read, what the rules find, and the conduct of replies."""
