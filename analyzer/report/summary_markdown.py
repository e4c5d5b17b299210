"""Markdown text of the summary, with links into the pages of the report beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from analyzer.report.pages import Context
from analyzer.report.sentences import Part, Sentence, Target
from analyzer.report.summary import Chapter

NAME = "summary.md"
"""File name beside the pages."""

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|!~&])")


def summary_markdown(context: Context, chapters: Sequence[Chapter]) -> str:
    """Return the summary as Markdown (CommonMark); names and texts of the case are plain text."""

    def address(target: Target) -> str:
        return context.link(target.page or "index.html", target.place)

    lines = [f"# {_escaped(context.title)}", ""]
    for restriction in context.case.narrowed:
        lines += [f"**Not the whole case.** {_escaped(restriction)}.", ""]
    for chapter in chapters:
        lines += [f"## {chapter.title}", ""]
        lines += [f"- {_told(sentence, address)}" for sentence in chapter.sentences]
        lines.append("")
    lines.append(f"Made {context.made_at}. Candidates need human confirmation.")
    return "\n".join(lines) + "\n"


def _told(sentence: Sentence, address: Callable[[Target], str]) -> str:
    return "".join(_part(part, address) for part in sentence)


def _part(part: Part, address: Callable[[Target], str]) -> str:
    words = _escaped(part.words)
    if part.target is None:
        return words
    # Spaces end an address in Markdown; all other signs of ours may stand in it.
    return f"[{words}]({address(part.target).replace(' ', '%20')})"


def _escaped(words: str) -> str:
    return _SIGNS.sub(r"\\\1", re.sub(r"[\r\n]+", " ", words))
