"""The duty desk of a public agency's official social-media accounts, in a terminal."""

__version__ = "0.1.0"
