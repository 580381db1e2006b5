"""Mail by SMTP: letters as plain text and HTML, handed to the machine's mail server.

Here: the form of a letter, the conversation with the server, its errors as sentences.
Not here: what is told to whom and when (`services.notifications`), where settings lie (`machine`).
Used by bootstrap, which gives it to the recurring work and to the commands.
"""
