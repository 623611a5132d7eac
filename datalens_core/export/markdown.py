"""Text in the markdown cells of a notebook, whoever shows them."""

from __future__ import annotations

import re

# As the front end's `escapeMarkdown`: the viewers of notebooks also make links of bare addresses.
MARKUP = re.compile(r"[\\`*_{}\[\]<>()#+\-!|~$&]")
BARE = (
    (re.compile(r":(?=//)"), "&#58;"),
    (re.compile(r"(www)\.", re.IGNORECASE), r"\1&#46;"),
    (re.compile(r"@"), "&#64;"),
    (re.compile(r"^(\s*\d+)([.)])", re.MULTILINE), r"\1\\\2"),
    (re.compile(r"^[ \t]{4,}", re.MULTILINE), "   "),
    (re.compile(r"^=", re.MULTILINE), "&#61;"),
)
ALLOWED = (
    (re.compile(r"\\\*\\\*(?=\S)([^*\n]*[^*\s])\\\*\\\*"), r"**\1**"),
    (re.compile(r"^( {0,3})\\[-*+] (?=\S)", re.MULTILINE), r"\1- "),
    (re.compile(r"^( {0,3}\d{1,9})\\\. (?=\S)", re.MULTILINE), r"\1. "),
)


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no link, no picture, no formula."""
    text = MARKUP.sub(r"\\\g<0>", text)
    for pattern, shown in BARE:
        text = pattern.sub(shown, text)
    return text


def escape_inline(text: str) -> str:
    return escape_markdown(" ".join(text.split()))


def escape_answer(text: str) -> str:
    """As `escapeAnswer`: escaped as any text, but for bold words and lists, which load nothing."""
    text = escape_markdown(text)
    for pattern, shown in ALLOWED:
        text = pattern.sub(shown, text)
    return text
