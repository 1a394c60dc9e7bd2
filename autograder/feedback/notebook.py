"""A report, or a part of it, as a piece of HTML for a notebook.

Plain Python, because students have no Jinja2. Inline styles, because notebooks drop style sheets when shown
elsewhere; colours that can be read on light and on dark, because the notebook's theme is not known.
"""

from html import escape

from autograder.feedback.advice import next_step
from autograder.feedback.statuses import LOOKS, LOST, Tone
from autograder.feedback.text import clean, cut, one_line, points
from autograder.report import CheckReport, PartReport, Report

_COLOURS: dict[Tone, str] = {
    "right": "#2f9163",
    "wrong": "#d2574c",
    "limit": "#b07a1a",
    "waiting": "#7d878f",
    "ours": "#9b68c4",
}
_PAGE = "max-width:52em;font-family:system-ui,sans-serif;line-height:1.5;overflow-wrap:anywhere"
_BLOCK = (
    "margin:.4em 0;padding:.6em .8em;border-radius:.4em;background:rgba(128,128,128,.13);color:inherit;"
    "white-space:pre-wrap;overflow-wrap:anywhere;font-size:.9em;line-height:1.5"
)
_NOTE = "opacity:.75;white-space:pre-wrap;font-size:.92em"
_HINT = "margin:.4em 0;padding:.5em .8em;border-radius:.4em;background:rgba(196,138,32,.18)"
_ROW = "display:flex;gap:.8em;align-items:baseline;padding:.35em 0"
_TRACK = "flex:1;height:.6em;border-radius:.3em;overflow:hidden;background:rgba(128,128,128,.2)"
_LINE = "border-top:1px solid rgba(128,128,128,.3)"
_MOST = 20_000


def html_fragment(report: Report) -> str:
    """The report as HTML that depends on nothing around it, with every string escaped."""
    pieces = _head(report)
    for part in report.parts:
        pieces += _part(part, [check for check in report.checks if check.part == part.part])
    pieces += _printed(report)
    pieces.append(f'<p style="margin:.8em 0 0"><b>{_text(next_step(report))}</b></p></div>')
    return "\n".join(pieces)


def summary_fragment(report: Report) -> str:
    """The points as bars, one for each part, and what the code printed."""
    bars = [_bar(part) for part in report.parts]
    return "\n".join([*_head(report), *bars, *_printed(report), "</div>"])


def part_fragment(report: Report, part: PartReport) -> str:
    """The checks of one part."""
    checks = [check for check in report.checks if check.part == part.part]
    return "\n".join([f'<div style="{_PAGE}">', *_part(part, checks), "</div>"])


def _head(report: Report) -> list[str]:
    total = f"{points(report.score)} of {points(report.max_score)} points"
    pieces = [
        f'<div style="{_PAGE}">',
        _row(f"<b>{_text(one_line(report.exercise))}</b>", f"<b>{_text(total)}</b>", "font-size:1.15em"),
    ]
    if report.message:
        pieces.append(f'<div style="{_HINT};white-space:pre-wrap">{_text(cut(report.message, _MOST))}</div>')
    return pieces


def _printed(report: Report) -> list[str]:
    printed = report.output.strip()
    return [f"<details><summary>What the code printed</summary>{_block(printed)}</details>"] if printed else []


def _bar(part: PartReport) -> str:
    share = 100 * (part.score or 0.0) / part.max_score if part.max_score else 0.0
    bar = f'<span style="display:block;height:100%;width:{share:.4g}%;background:{_COLOURS["right"]}"></span>'
    track = f'<span style="{_TRACK}">{bar}</span>'
    return _row(
        f'<span style="display:flex;gap:.8em;align-items:center"><b>{_text(one_line(part.part))}</b>{track}</span>',
        _text(f"{points(part.score)} of {points(part.max_score)}"),
    )


def _part(part: PartReport, checks: list[CheckReport]) -> list[str]:
    total = f"{points(part.score)} of {points(part.max_score)}"
    heading = _row(
        f"<b>Part {_text(one_line(part.part))}</b>", _text(total), f"{_LINE};margin-top:.6em;padding-top:.6em"
    )
    return [heading, *(_check(check) for check in checks)]


def _check(check: CheckReport) -> str:
    look = LOOKS[check.status]
    word = f'<b style="color:{_COLOURS[look.tone]};white-space:nowrap">{look.mark} {look.word}</b>'
    earned = points(None if check.status == "not_graded" else check.earned)
    html = _row(f"{word}&ensp;{_text(one_line(check.title))}", f"{earned}/{points(check.points)}")
    if check.message and check.status in LOST:
        html += _block(check.message)
    elif check.message:
        html += f'<div style="{_NOTE}">{_text(cut(check.message, _MOST))}</div>'
    if check.diagnosis:
        html += f'<div style="{_HINT}"><b>This looks like:</b> {_text(check.diagnosis)}</div>'
    return html


def _row(left: str, right: str, style: str = "") -> str:
    """Two pieces of HTML, the second at the right edge."""
    right = f'<span style="white-space:nowrap">{right}</span>'
    return f'<div style="{_ROW};{style}"><span style="flex:1">{left}</span>{right}</div>'


def _block(text: str) -> str:
    return f'<pre style="{_BLOCK}">{_text(cut(text, _MOST))}</pre>'


def _text(text: str) -> str:
    return escape(clean(text))
