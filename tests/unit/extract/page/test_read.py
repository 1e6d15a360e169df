from collections.abc import Callable
from datetime import date

import pytest

from vivavoce.errors import InputError
from vivavoce.types import Article, Block, BlockKind

Page = Callable[..., str]
Read = Callable[..., Article]

HEAD = """<meta property="og:title" content="Bridge closed"><meta property="og:site_name" content="The Paper">
<meta property="og:image" content="/pictures/bridge.jpg">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Bridge closed", "datePublished":
"2025-01-31T23:30:00+01:00", "author": {"@type": "Person", "name": "Ann Example"}}</script>"""


def texts(article: Article) -> list[str]:
    return [block.text for block in article.blocks]


def test_the_running_text_and_what_the_page_says_of_itself(page_of: Page, read: Read, prose: tuple[str, ...]) -> None:
    article = read(page_of(head=HEAD))
    assert texts(article) == list(prose)
    assert article.title == "Bridge closed"
    assert article.published == date(2025, 1, 31)
    assert article.byline == ("Ann Example",)
    assert article.publisher == "The Paper"
    assert article.image == "https://paper.example/pictures/bridge.jpg"
    assert article.language == "en"


def test_sub_heads_lists_quotes_and_tables_are_kept_as_what_they_are(
    page_of: Page, read: Read, prose: tuple[str, ...]
) -> None:
    article = read(
        page_of(
            "<h2>Why now?</h2><ul><li>Cracks were found</li><li>Rust was found</li></ul>",
            "<blockquote><p>We had no choice.</p></blockquote>",
            "<p><strong>What comes next</strong></p>",
            "<table><tr><th>Line</th><th>Delay</th></tr><tr><td>4</td><td>12 minutes</td></tr></table>",
        )
    )
    assert article.blocks[2:-2] == (
        Block(BlockKind.HEADING, "Why now?"),
        Block(BlockKind.LIST_ITEM, "Cracks were found"),
        Block(BlockKind.LIST_ITEM, "Rust was found"),
        Block(BlockKind.QUOTE, "We had no choice."),
        Block(BlockKind.HEADING, "What comes next"),
        Block(BlockKind.TABLE, "Line; Delay\n4; 12 minutes"),
    )
    assert texts(article)[-2:] == list(prose[2:])


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<figure><img src=b.jpg><figcaption>A bridge</figcaption></figure>", "caption"),
        ("<p class='wp-caption-text'>A bridge at dawn</p>", "caption"),
        ("<p>Photo: Ann Example / Getty Images</p>", "credit"),
        ("<p>© 2025 The Paper. All rights reserved.</p>", "credit"),
        ("<p>Read also: <a href=/x>Why bridges age</a></p>", "related"),
        ("<p>Lesen Sie auch: <a href=/x>Warum Brücken altern</a></p>", "related"),
        ("<p>Читайте также: <a href=/x>Почему стареют мосты</a></p>", "related"),
        ("<p><a href=/x>[관련기사] 다리는 왜 늙는가</a></p>", "related"),
        ("<p>Leia também: <a href=/x>Por que as pontes envelhecem</a></p>", "related"),
        ("<div class='related-posts'><h3>More</h3><p>Another story of the week</p></div>", "related"),
        ("<p><a href=/x>Why bridges of the sixties age so fast</a></p>", "links"),
        ("<ul><li><a href=/a>Bridges age</a></li><li><a href=/b>Rivers rise</a></li></ul>", "links"),
        ("<p>Sign up for our newsletter and never miss a bridge.</p>", "newsletter"),
        ("<div><h3>Our mail</h3><p>Every day the best of us.</p><input type=email></div>", "newsletter"),
        ("<p>Подписывайтесь на наш канал в Telegram</p>", "share"),
        ("<div class='share-buttons'>Share Tweet Send</div>", "share"),
        ("<p>We use cookies to improve your visit to this site.</p>", "cookies"),
        ("<p>Listen to this article</p>", "player-label"),
        ("<p>Voiced by artificial intelligence</p>", "player-label"),
        ("<p>기사 듣기</p>", "player-label"),
        ("<p>무단 전재 및 재배포 금지</p>", "credit"),
        (
            "<div class='author-bio'><p>Ann Example has written about bridges for ten years now.</p></div>",
            "author-note",
        ),
        ("<section id='comments'><p>First! I have always said that this bridge would fall.</p></section>", "comments"),
        ("<nav><a href=/>Home</a></nav>", "navigation"),
    ],
)
def test_what_a_listener_would_hate_is_left_out_and_listed(
    page_of: Page, read: Read, prose: tuple[str, ...], inside: str, reason: str
) -> None:
    article = read(page_of(inside))
    assert texts(article) == list(prose)
    assert reason in {omission.reason for omission in article.omitted}


@pytest.mark.parametrize(
    "sentence",
    [
        "Read more books, the mayor told the children who stood in front of the closed bridge.",
        "“Share this burden with us,” he said.",
        "The city will <a href=/x>publish the report</a> next week.",
        "Foto und Film seien verboten, sagte er.",
    ],
)
def test_sentences_that_sound_like_labels_stay(page_of: Page, read: Read, sentence: str) -> None:
    plain = sentence.replace("<a href=/x>", "").replace("</a>", "")
    assert plain in texts(read(page_of(f"<p>{sentence}</p>")))


def test_a_heading_goes_with_its_section_and_a_linked_one_over_text_stays(page_of: Page, read: Read) -> None:
    article = read(page_of("<h2><a href=/x>Why it matters</a></h2>", after=""))
    assert "Why it matters" in texts(article)
    lone = read(
        page_of().replace(
            "</div></article>", "<h2>Elsewhere</h2><ul><li><a href=/x>A story</a></li></ul></div></article>"
        )
    )
    assert "Elsewhere" not in texts(lone)


def test_a_paragraph_that_stands_twice_is_heard_once(page_of: Page, read: Read, prose: tuple[str, ...]) -> None:
    assert texts(read(page_of(f"<p>{prose[0]}</p>"))) == list(prose)


def test_two_breaks_part_paragraphs(read: Read, prose: tuple[str, ...]) -> None:
    page = f"<html><body><h1>Bridge closed</h1><div class=text>{'<br><br>'.join(prose)}</div></body></html>"
    assert texts(read(page)) == list(prose)


def test_the_page_s_charset_is_read(page_of: Page) -> None:
    from vivavoce.extract import extract_here
    from vivavoce.types import Capture

    page = page_of("<p>«Мост закрыт», — сказал мэр журналистам в понедельник утром.</p>").replace(
        "<head>", '<head><meta charset="windows-1251">'
    )
    article = extract_here(Capture(body=page.encode("cp1251"), address="page", media_type="text/html"))
    assert "«Мост закрыт», — сказал мэр журналистам в понедельник утром." in texts(article)


@pytest.mark.parametrize("depth", [3000, 100_000])
def test_text_that_the_parser_loses_is_an_error(read: Read, prose: tuple[str, ...], depth: int) -> None:
    page = "<html><body>" + "<div>" * depth + "".join(f"<p>{text}</p>" for text in prose * 3)
    try:
        article = read(page)
    except InputError as error:
        assert "rule: depth" in str(error)
    else:
        assert texts(article) == list(prose)


def box(text: str) -> str:
    return f"<div class='block' data-type='text'><div class='block__text'>{text}</div></div>"


def test_paragraphs_in_boxes_of_their_own(read: Read, prose: tuple[str, ...]) -> None:
    short = "It was built in 1962."
    boxes = "".join(map(box, (prose[0], short, *prose[1:], prose[1].replace("buses", "trams") * 3)))
    page = f"<html><body><h1>Bridge closed</h1><div class='body'>{boxes}</div></body></html>"
    assert texts(read(page))[:5] == [prose[0], short, *prose[1:]]


KOREAN = (
    "시는 월요일 아침 다리의 교각 두 곳에서 균열이 발견되자 강을 건너는 다리를 닫았다고 밝혔다.",
    "다친 사람은 없지만 버스 노선 세 개가 몇 주 동안 구시가지를 돌아가야 한다고 시장은 말했다.",
    "다리는 1962년에 지어졌고 4년 전 마지막 점검에서는 아무 이상이 없었던 것으로 알려졌다.",
)


def test_a_korean_page_with_breaks_and_a_reporter_s_line(read: Read) -> None:
    page = (
        "<html><head><title>다리 폐쇄 - 신문</title></head><body><h3 class=tit>다리 폐쇄</h3><div id=articleBody>"
        f"<span class='img_desc'><em>다리의 모습. (사진=연합뉴스)</em></span><br><br>{'<br><br>'.join(KOREAN)}<br><br>"
        "홍길동 기자 hong@paper.example<br><br>▶ <a href=/x>네이버에서 구독하기</a><br><br>"
        "ⓒ 신문, 무단 전재 및 재배포 금지"
        "</div></body></html>"
    )
    article = read(page)
    assert texts(article) == list(KOREAN)
    assert article.title == "다리 폐쇄"
    assert article.language == "ko"


RUSSIAN = (
    "Мост через реку Ленн был закрыт в понедельник утром, после того как инженеры нашли трещины в двух его опорах.",
    "Никто не пострадал, сообщил мэр, но автобусам трёх маршрутов придётся неделями объезжать мост через старый город.",
    "Мост был построен в 1962 году, последний раз его осматривали четыре года назад, тогда повреждений не нашли.",
)


def test_a_russian_page(read: Read) -> None:
    inside = "".join(f"<p>{text}</p>" for text in RUSSIAN)
    page = (
        "<html><head><title>Мост закрыт</title></head><body><h1>Мост закрыт</h1><div class='article__body'>"
        f"{inside}<p><b>Читайте также:</b> <a href=/x>Почему стареют мосты</a></p>"
        "<p>Фото: Иван Петров / РИА Новости</p><p>Подпишитесь на наш канал в Telegram</p>"
        "<p>Нашли ошибку? Выделите её и нажмите Ctrl+Enter</p></div></body></html>"
    )
    article = read(page)
    assert texts(article) == list(RUSSIAN)
    assert article.language == "ru"


PORTUGUESE = (
    "A ponte sobre o rio Lenn foi fechada na segunda-feira, depois que engenheiros acharam rachaduras em pilares.",
    "Ninguém se feriu, disse o prefeito, mas os ônibus de três linhas terão de contornar o centro antigo por semanas.",
    "A ponte foi construída em 1962 e inspecionada pela última vez há quatro anos, quando nenhum dano foi encontrado.",
)


def test_a_portuguese_page_with_a_box_around_each_paragraph(read: Read) -> None:
    boxes = [f"<div class='mc-column' data-block-type='unstyled'><p>{text}</p></div>" for text in PORTUGUESE]
    extra = (
        "<div class='mc-column'><ul><li><a href=/x>Compartilhe no Zap</a></li><li><a href=/y>Siga</a></li></ul></div>"
        "<div class='mc-column'><p><strong>LEIA TAMBÉM:</strong></p></div>"
        "<div class='mc-column'><ul><li><a href=/a>Por que pontes caem</a></li><li><a href=/b>Rio</a></li></ul></div>"
    )
    page = (
        "<html><head><title>Ponte fechada | O Jornal</title></head><body><h1>Ponte fechada</h1><article>"
        f"{boxes[0]}{extra}{''.join(boxes[1:])}<div class='mc-column'><p>VÍDEOS: mais assistidos do O Jornal</p></div>"
        "</article></body></html>"
    )
    assert texts(read(page)) == list(PORTUGUESE)


GERMAN = (
    "Die Brücke über die Lenn ist am Montag gesperrt worden, als Ingenieure Risse in zwei Pfeilern gefunden hatten.",
    "Verletzt wurde niemand, sagte der Bürgermeister, doch die Busse von drei Linien müssen wochenlang Umwege fahren.",
    "Gebaut wurde die Brücke im Jahr 1962, zuletzt geprüft vor vier Jahren; damals fanden die Prüfer keine Schäden.",
)


def test_a_german_page(read: Read) -> None:
    page = (
        "<html><head><title>Brücke gesperrt - Die Zeitung</title></head><body><header><nav>Menü</nav></header><main>"
        "<h1><span>Lenn</span> <span>Brücke gesperrt</span></h1><p class='meta'>Stand: 31.01.2025 08:12 Uhr</p>"
        "<p class='intro'><strong>Eine Stadt steht still: Seit Montag ist die einzige Brücke gesperrt.</strong></p>"
        f"<p>{GERMAN[0]}</p><div class='teaser-box'><h3>Mehr zum Thema</h3><a href=/x>Warum Brücken altern</a></div>"
        f"<h2>Was nun?</h2><p>{GERMAN[1]}</p><p>Anzeige</p><p>{GERMAN[2]}</p><p>Mit Material der dpa</p>"
        "<p>Über dieses Thema berichtete das Radio am 31. Januar 2025 um 08:00 Uhr.</p></main></body></html>"
    )
    article = read(page)
    assert texts(article)[-4:] == [GERMAN[0], "Was nun?", *GERMAN[1:]]
    assert article.language == "de"
