"""What the networks count, by hand: from Unicode's annexes, X's documentation, and UTF-8 itself.

X: docs.x.com/fundamentals/counting-characters (twitter-text, configuration v3). Bluesky: UAX #29,
whose own test data the counter was held against; where Unicode 16 and 17 differ, by 16.
"""

from __future__ import annotations

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
COUPLE = "\U0001f469\u200d\u2764\ufe0f\u200d\U0001f48b\u200d\U0001f468"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
RAINBOW = "\U0001f3f3\ufe0f\u200d\U0001f308"
GERMANY, FRANCE = "\U0001f1e9\U0001f1ea", "\U0001f1eb\U0001f1f7"

COUNTED: list[tuple[str, int, int, int]] = [
    # text, graphemes of Bluesky, bytes of UTF-8, UTF-16 units of LinkedIn
    ("", 0, 0, 0),
    ("Hello", 5, 5, 5),
    (" ", 1, 1, 1),
    ("a b\tc", 5, 5, 5),
    # ends of lines
    ("a\nb", 3, 3, 3),
    ("a\r\nb", 3, 4, 4),
    ("\n\n", 2, 2, 2),
    ("\r\r\n", 2, 3, 3),
    ("\x00", 1, 1, 1),
    ("a\u2028b", 3, 5, 3),
    # Latin, composed and not
    ("ä", 1, 2, 1),
    ("a\u0308", 1, 3, 2),
    ("Grüße", 5, 7, 5),
    ("e\u0301e\u0301", 2, 6, 4),
    ("Z\u0351\u036b\u0343", 1, 7, 4),
    ("ǖ", 1, 2, 1),
    ("u\u0308\u0304", 1, 5, 3),
    ("\u0301a", 2, 3, 2),
    ("ﬁ", 1, 3, 1),
    ("½", 1, 2, 1),
    ("\u00ad", 1, 2, 1),
    # Greek, Cyrillic, Georgian, Armenian
    ("Γειά", 4, 8, 4),
    ("Привет", 6, 12, 6),
    ("и\u0306", 1, 4, 2),
    ("გამარჯობა", 9, 27, 9),
    ("Բարև", 4, 8, 4),
    # Hebrew and Arabic
    ("שלום", 4, 8, 4),
    ("ש\u05c1\u05bc", 1, 6, 3),
    ("مرحبا", 5, 10, 5),
    ("ب\u0651\u064e", 1, 6, 3),
    ("\u0600\u0661", 1, 4, 2),
    ("\u0627\u200cب", 2, 7, 3),
    # scripts of India
    ("नमस्ते", 3, 18, 6),
    ("क्षि", 1, 12, 4),
    ("कि", 1, 6, 2),
    ("ক্ত", 1, 9, 3),
    ("தமிழ்", 3, 15, 5),
    ("മലയാളം", 4, 18, 6),
    # South-East Asia; stacked consonants count apart at Bluesky
    ("สวัสดี", 4, 18, 6),
    ("กำ", 1, 6, 2),
    ("ខ្មែរ", 3, 15, 5),
    ("ស្ត្រី", 3, 18, 6),
    ("မြန်မာ", 4, 18, 6),
    ("ဗုဒ္ဓ", 3, 15, 5),
    # East Asia
    ("日本語", 3, 9, 3),
    ("ひらがな", 4, 12, 4),
    ("が", 1, 3, 1),
    ("か\u3099", 1, 6, 2),
    ("ｶﾞ", 1, 6, 2),
    ("한국어", 3, 9, 3),
    ("\u1112\u1161\u11ab", 1, 9, 3),
    ("\u1100\u1100", 1, 6, 2),
    ("각\u11a8", 1, 6, 2),
    ("𠮷野家", 3, 10, 4),
    ("葛\U000e0100", 1, 7, 3),
    ("ＡＢ", 2, 6, 2),  # noqa: RUF001 - that character is what is counted
    # emoji
    ("😀", 1, 4, 2),
    ("😀😀", 2, 8, 4),
    ("❤", 1, 3, 1),
    ("❤\ufe0f", 1, 6, 2),
    ("👍🏽", 1, 8, 4),
    ("👍🏽👍🏿", 2, 16, 8),
    ("a🏽", 1, 5, 3),
    (FAMILY, 1, 25, 11),
    (FAMILY * 2, 2, 50, 22),
    (COUPLE, 1, 27, 11),
    (RAINBOW, 1, 14, 6),
    (SCOTLAND, 1, 28, 14),
    ("👩🏽\u200d🚀", 1, 15, 7),
    ("🤷🏾\u200d♀\ufe0f", 1, 17, 7),
    ("😀\u200d", 1, 7, 3),
    ("\u200d😀", 2, 7, 3),
    ("1\ufe0f\u20e3", 1, 7, 3),
    ("#\u20e3", 1, 4, 2),
    ("©\ufe0f", 1, 5, 2),
    # flags
    (GERMANY, 1, 8, 4),
    (GERMANY + FRANCE, 2, 16, 8),
    ("\U0001f1e9", 1, 4, 2),
    (GERMANY + "\U0001f1eb", 2, 12, 6),
    (f"{GERMANY} {FRANCE}", 3, 17, 9),
    # addresses and marks count as they stand
    ("https://example.com/a", 21, 21, 21),
    ("@ana.bsky.social #Brot", 22, 22, 22),
    ("(#_*)~|<>{}[]\\", 14, 14, 14),
    ("\U0001d538", 1, 4, 2),
    ("\U0010fffd", 1, 4, 2),
    ("\u200e\u200f", 2, 6, 2),
    ("a\u200bb", 3, 5, 3),
]

WEIGHED: list[tuple[str, int]] = [
    # Latin and what weighs like it
    ("", 0),
    ("This is a test.", 15),
    ("ÁB", 2),
    ("A\u0301B", 2),
    ("ñandú", 5),
    ("Ωμέγα", 5),
    ("Ћирилица", 8),
    ("Հայ", 3),
    ("שלום", 4),
    ("مرحبا", 5),
    ("नमस्ते", 6),
    ("สวัสดี", 6),
    ("\u10ffა", 2),
    ("ኢትዮጵያ", 10),
    # heavy scripts
    ("故人西辞", 8),
    ("のののの", 8),
    ("저찀쯿쿿", 8),
    ("の" * 140, 280),
    ("の" * 141, 282),
    ("the故人", 7),
    ("\U00010000\U0010fffd", 4),
    ("ﬁ", 2),
    ("，。", 4),  # noqa: RUF001 - those characters are what is counted
    # general punctuation
    ("\u2000\u2009\u200b\u200c\u200d", 5),
    ("‐‑‒–—―", 6),  # noqa: RUF001 - those characters are what is counted
    ("‘’‚‛“”„‟", 8),  # noqa: RUF001 - those characters are what is counted
    ("′″‴‵‶‷", 6),  # noqa: RUF001 - those characters are what is counted
    ("‖‗", 2),
    ("…", 2),
    ("•", 2),
    ("‰", 2),
    ("€", 2),
    ("\u200e", 2),
    # emoji: two each, however long
    ("😷👾😡🔥💩", 10),
    (f"H🐱☺{FAMILY}", 7),
    ("🙋🏽👨\u200d🎤", 4),
    ("😷" * 140, 280),
    (FAMILY * 10, 20),
    (COUPLE, 2),
    (RAINBOW, 2),
    (SCOTLAND, 2),
    (GERMANY, 2),
    (GERMANY + FRANCE, 4),
    ("👍👍🏻👍🏼👍🏽👍🏾👍🏿", 12),
    ("7\ufe0f\u20e3", 2),
    ("7", 1),
    # addresses: 23 each, with any ending of today
    ("http://test.co", 23),
    ("Hi http://test.co", 26),
    ("http://test.com", 23),
    ("https://test.com", 23),
    ("test.com", 23),
    ("Test https://test.com test https://test.com test.com test", 86),
    ("https://www.twitter.com/aloha " * 10, 240),
    ("https://x.com/a/status/1234567890123456789?s=20", 23),
    ("https://bakery.berlin/heute", 23),
    ("https://a.museum", 23),
    ("https://a.みんな", 23),
    ("https://twitter.한국", 23),
    ("foo.co.jp", 23),
    ("www.example.com/path?search=foo&lang=en", 23),
    ("https://example.com/" + "x" * 1000, 23),
    ("https://example.com/(a)b", 23),
    ("(https://example.com/a)", 25),
    ("https://example.com, https://example.org.", 49),
    ("日本https://example.com日本", 31),
    ("randomurl" * 7 + "s.com", 68),
    # what is none
    ("me@example.com", 14),
    ("example.notanending", 19),
    ("1.2.3.4", 7),
    ("file.txt", 8),
    ("#example.com", 12),
    ("@example.com", 12),
    ("http://", 7),
    ("and/or", 6),
    ("Mr.Smith", 8),
]
