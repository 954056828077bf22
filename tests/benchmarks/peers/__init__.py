"""Programs that the terminal is measured beside: tiny Textual applications, and mail readers over synthetic mail."""
