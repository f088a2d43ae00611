import pytest
from markdown_it import MarkdownIt

from scicot.pure.markdown import escape_markdown, fence

NASTY = [
    "![x](http://evil.example/a.png)",
    "[click](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "# heading",
    "1. one",
    "- item",
    "> quote",
    "$x^2$ costs $5",
    ":red[look] :material/home:",
    "https://evil.example and www.evil.example and a@evil.example",
    "**bold** _it_ ~~gone~~ `code`",
    "a | b",
    "&lt;b&gt;",
    "back\\slash\\[x](y)",
    "```\nfence",
]


@pytest.mark.parametrize("text", NASTY)
def test_escaped_text_is_read_as_it_was_written(text: str) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).enable("table").parse(escape_markdown(text))
    kinds = {token.type for token in tokens} | {
        child.type for token in tokens for child in token.children or []
    }
    assert kinds <= {"paragraph_open", "inline", "paragraph_close", "text", "text_special"}
    (inline,) = [token for token in tokens if token.type == "inline"]
    assert "".join(child.content for child in inline.children or []) == " ".join(text.split())


@pytest.mark.parametrize("text", ["plain", "```\nfence\n```", "`````", ""])
def test_a_fenced_text_stays_inside_its_fence(text: str) -> None:
    (token,) = MarkdownIt().parse(fence(text))
    assert (token.type, token.content) == ("fence", f"{text}\n")


def test_streamlits_own_marks_are_escaped() -> None:
    assert escape_markdown(":red[x] $y$ http://z www.w") == r"\:red\[x\] \$y\$ http\://z www\.w"
