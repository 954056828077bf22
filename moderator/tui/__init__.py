"""The full-screen terminal desk. The only package that imports textual."""
