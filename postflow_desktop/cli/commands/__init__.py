"""The commands, one file a noun; each adds its grammar and runs its verbs.

Here: `add(subparsers)` per file, and a function per verb that returns a Result.
Not here: printing, exit codes, rules; `main` prints, services decide.
Used by `cli.main`, which imports only the noun that was asked for.
"""
