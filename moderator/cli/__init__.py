"""The command line: one file for each verb group, each loading its work only when it runs."""
