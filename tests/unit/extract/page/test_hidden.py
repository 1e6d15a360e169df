import pytest
from lxml import html

from vivavoce.extract.page.hidden import remove_hidden
from vivavoce.extract.page.tree import text_of

HIDDEN = [
    "<p hidden>SECRET</p>",
    "<p aria-hidden=true>SECRET</p>",
    "<p style='display:none'>SECRET</p>",
    "<p style='visibility: hidden'>SECRET</p>",
    "<p style='opacity:0'>SECRET</p>",
    "<p style='font-size:0'>SECRET</p>",
    "<p style='position:absolute;left:-9999px'>SECRET</p>",
    "<p style='text-indent:-9999px'>SECRET</p>",
    "<p style='clip:rect(0 0 0 0)'>SECRET</p>",
    "<p style='clip: rect(1px, 1px, 1px, 1px)'>SECRET</p>",
    "<p style='color:#fff;background:white'>SECRET</p>",
    "<p style='color:white'>SECRET</p>",
    "<p style='color:transparent'>SECRET</p>",
    "<p style='color:rgb(0,0,0);background-color:#000'>SECRET</p>",
    "<span class='sr-only'>SECRET</span>",
    "<span class='screen-reader-text'>SECRET</span>",
    "<template><p>SECRET</p></template>",
    "<noscript><p>SECRET</p></noscript>",
    "<details><summary>Open</summary><p>SECRET</p></details>",
    "<dialog><p>SECRET</p></dialog>",
    "<style>.x{display:none}</style><p class='x'>SECRET</p>",
    "<style>#y{position:absolute;left:-10000px}</style><p id='y'>SECRET</p>",
    "<style>/* a */ @media print{.z{color:red}} p.z , .w {visibility:hidden !important}</style><p class='w'>SECRET</p>",
    "<style>.ink{color:#fff;background-color:#ffffff}</style><p class='ink'>SECRET</p>",
    "<script>document.write('SECRET')</script>",
]
SHOWN = [
    "<p style='opacity:0.9'>SHOWN</p>",
    "<p style='opacity: 1'>SHOWN</p>",
    "<p style='color:white;background:#000'>SHOWN</p>",
    "<p class='hidden md:block'>SHOWN</p>",
    "<style>@media print{.p{display:none}}</style><p class='p'>SHOWN</p>",
    "<style>.a{display:none} .a{display:block}</style><p class='a'>SHOWN</p>",
    "<style>.outer .b{display:none}</style><p class='b'>SHOWN</p>",
    "<details open><summary>Open</summary><p>SHOWN</p></details>",
    "<dialog open><p>SHOWN</p></dialog>",
    "<p style='font-size:0.9em;left:-10px'>SHOWN</p>",
    "<p aria-hidden=false>SHOWN</p>",
]
PAGE = "<html><body><p>A page with words enough that nothing else is half of it, and more.</p>{}</body></html>"


@pytest.mark.parametrize("piece", HIDDEN)
def test_what_no_reader_sees_is_cut(piece: str) -> None:
    root = html.document_fromstring(PAGE.format(piece))
    remove_hidden(root)
    assert "SECRET" not in text_of(root)


@pytest.mark.parametrize("piece", SHOWN)
def test_what_readers_see_stays(piece: str) -> None:
    root = html.document_fromstring(PAGE.format(piece))
    remove_hidden(root)
    assert "SHOWN" in text_of(root)


def test_a_page_hidden_until_its_script_has_run_is_not_hidden() -> None:
    root = html.document_fromstring("<html><body><main style='opacity:0'><p>All of the text.</p></main></body></html>")
    remove_hidden(root)
    assert text_of(root) == "All of the text."
