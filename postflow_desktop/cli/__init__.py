"""The command line: one program, `postflow`, usable by people and in scripts.

Here: reading arguments, calling services, printing one JSON document or lines for people.
Not here: rules of any kind; a command does what a service does and shows what it returned.
Used by `__main__`; the shapes it prints are a contract with scripts.
"""
