"""Markdown as plain text, the way a person would write it in a docstring or a comment."""

import re
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_NO_BREAK = "\0"  # a space at which no line is broken
_OPERATOR = re.compile(r" ([-*=≠≈≤≥<>+−±×·∈←→]) ")


def plain_text(markdown: str, width: int) -> str:
    """Wraps paragraphs and lists to `width` columns; code, tables and displayed formulas stay as they are.

    Marks of emphasis and headings go, a heading is underlined; code between backticks stays.
    """
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    parser = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)
    root = SyntaxTreeNode(parser.parse(markdown))
    source = markdown.splitlines()
    return "\n\n".join(_block(node, source, width) for node in root.children)


def _block(node: "SyntaxTreeNode", source: list[str], width: int) -> str:
    match node.type:
        case "paragraph":
            return _fill(_inline(node.children[0]), width)
        case "heading":
            heading = _inline(node.children[0]).replace(_NO_BREAK, " ")
            return f"{heading}\n{'-' * len(heading)}"
        case "bullet_list" | "ordered_list":
            return _list(node, source, width)
        case "code_block" | "fence":
            return textwrap.indent(node.content.rstrip("\n"), "    ")
        case "math_block":
            return textwrap.indent(textwrap.dedent(node.content).strip("\n"), "    ")
        case _:
            first, last = node.map or (0, 0)
            return textwrap.dedent("\n".join(source[first:last])).rstrip()


def _list(node: "SyntaxTreeNode", source: list[str], width: int) -> str:
    items = []
    for number, item in enumerate(node.children, start=int(node.attrs.get("start", 1))):
        mark = "- " if node.type == "bullet_list" else f"{number}. "
        blocks = [_block(child, source, width - len(mark)) for child in item.children]
        text = ("\n" if _is_tight(item) else "\n\n").join(blocks)
        items.append(mark + textwrap.indent(text, " " * len(mark)).lstrip())
    return "\n".join(items)


def _is_tight(item: "SyntaxTreeNode") -> bool:
    return all(child.hidden for child in item.children if child.type == "paragraph")


def _inline(node: "SyntaxTreeNode") -> str:
    return "".join(_spans(node))


def _spans(node: "SyntaxTreeNode") -> Iterator[str]:
    for child in node.children:
        match child.type:
            case "text" | "html_inline":
                yield child.content
            case "softbreak" | "hardbreak":
                yield " "
            case "code_inline":
                yield f"`{child.content}`".replace(" ", _NO_BREAK)
            case "math_inline":
                yield f"${child.content}$".replace(" ", _NO_BREAK)
            case "link" if _inline(child) != child.attrs["href"]:
                yield f"{_inline(child)} ({child.attrs['href']})"
            case "image":
                yield child.content
            case _:
                yield from _spans(child)


def _fill(text: str, width: int) -> str:
    # A line that began with "- " or "> " would look like a list or a quotation.
    text = _OPERATOR.sub(rf"{_NO_BREAK}\1{_NO_BREAK}", text)
    filled = textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)
    return filled.replace(_NO_BREAK, " ")
