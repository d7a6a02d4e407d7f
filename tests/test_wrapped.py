"""Pages that keep the lines of print columns: each printed line is a line of the file. All texts are invented."""

import pytest

from pipeline.language.document import article_text
from pipeline.page.articles import split_page
from pipeline.page.bylines import names_part
from pipeline.page.lines import columns_of, lines_of
from pipeline.page.reflow import paragraphs
from pipeline.records import Page

HARVEST = (
    "“苹果卖得好，日子就有奔头。”10月8日，在青山县百花镇松林村的果园里，果农高远山一边采摘苹果，一边笑着说。今年松林村的3200亩苹果喜获丰收，"
    "亩产达到2.5吨，总产值预计超过六千万元。",
    "松林村位于百花镇东部，全村有三百多户人家，种苹果已有二十多年的历史。高远山是村里最早种苹果的人之一，也是村党总支书记。他带着乡亲们修水渠、"
    "建冷库、办合作社，把苹果卖到了南方的大城市。",
    "高远山说，明年他打算再种十亩苹果，还要请来县里的农技员给乡亲们讲课，让更多人学会剪枝和疏果的本领。",
)
METERS = (
    "11月2日，县供电公司组织三十名员工来到临河街道，为老旧小区更换电表箱。员工们爬上爬下，一天更换了六十个电表箱，受到居民们的称赞。",
    "据介绍，临河街道有老旧小区十二个，电表箱用了二十多年，存在安全隐患。供电公司计划年底前把电表箱全部换完，让居民用上放心电、明白电。",
)
PAGE = [
    ("display", "果园里的好日子"),
    ("display", "■ 本报记者 白一川"),
    *(("prose", text) for text in HARVEST),
    ("display", "老小区换上新电表箱"),
    ("prose", "本报讯（记者 杜渡 通讯员 钟乐平）" + METERS[0]),
    ("prose", METERS[1]),
]
NEVER_FIRST = "，。、；：？！）》”"


def wrap(text: str, width: int, indent: int = 0) -> list[str]:
    """Lines of `width` characters; no punctuation begins one, so that some are longer by one."""
    out, at = [], 0
    while at < len(text):
        end = at + width - (0 if out else indent)
        end += end < len(text) and text[end] in NEVER_FIRST
        out.append(("" if out else "　" * indent) + text[at:end])
        at = end
    return out


def page_of(width: int | None, indent: int = 0, between: str = "\n\n") -> Page:
    text = ""
    for number, (kind, words) in enumerate(PAGE):
        lines = [words] if width is None or kind == "display" else wrap(words, width, indent)
        beside_display = "display" in (kind, PAGE[number - 1][0])
        text += ("\n\n" if beside_display else between) * (number > 0) + "\n".join(lines)
    return Page("p", "p.txt", "0", "utf-8", text + "\n")


def content(page: Page) -> list[tuple]:
    found = []
    for article in split_page(page):
        text, _ = article_text(page, article)
        found.append((article.headline, article.kicker, article.bylines, text.replace("　", "").split("\n")))
    return found


@pytest.mark.parametrize("width", [11, 14, 18, 22, 28])
@pytest.mark.parametrize(("indent", "between"), [(0, "\n\n"), (2, "\n\n"), (2, "\n")])
def test_page_reads_as_if_it_were_not_wrapped(width, indent, between):
    plain = content(page_of(None))
    assert [headline for headline, *_ in plain] == ["果园里的好日子", "老小区换上新电表箱"]
    assert content(page_of(width, indent, between)) == plain


@pytest.mark.parametrize("width", [11, 14, 18, 22, 28])
def test_paragraphs_run_on_even_where_nothing_but_the_width_tells(width):
    """No indent and no blank line: a sentence that ends at the edge leaves open whether its paragraph does."""
    articles = content(page_of(width, 0, "\n"))
    plain = content(page_of(None))
    assert [a[:3] for a in articles] == [a[:3] for a in plain]
    assert ["".join(a[3]) for a in articles] == ["".join(a[3]) for a in plain]


def test_column_break_in_a_wrapped_page():
    first, second = wrap(HARVEST[1], 14)[:3], wrap(HARVEST[1], 14)[3:]
    page = (
        "\n".join(wrap(HARVEST[0], 14)) + "\n\n" + "\n".join(first) + "\n\n\n" + "\n".join(second) + "\n\n" + METERS[0]
    )
    assert ["".join(line.text for line in p.lines) for p in paragraphs(page)] == [*HARVEST[:2], METERS[0]]


@pytest.mark.parametrize(
    "page",
    [
        "\n\n".join([*HARVEST, *METERS]),
        "春风吹绿松林村，\n果花开满百花镇。\n乡亲树下忙剪枝，\n歌声飞过青山顶。\n山下小河清又清，\n河上新桥亮晶晶。",
        "高远山　白一川　杜渡\n钟乐平　柳思远　高川\n白云川　赵一川　冯小\n高满仓　杜长河　段老三\n白小禾　高大江　段长顺",
    ],
    ids=["paragraphs", "verse", "names"],
)
def test_no_columns_where_lines_are_wholes(page):
    assert columns_of(lines_of(page)) is None


@pytest.mark.parametrize(
    ("before", "after", "apart"),
    [
        ("天晴了。通讯员钟乐", "平 柳思远 摄", False),
        ("天晴了。通讯员钟乐平 柳思远", "摄", True),
        ("(记者 高远", "山 白一川)", False),
        ("本报记者 高远山", "通讯员 白一川", True),
        ("高远山说,记者问他", "今年收成怎么样", False),
    ],
)
def test_names_at_the_edge(before, after, apart):
    """A name that the edge of the column cuts is one; between two names a space was lost."""
    assert names_part(before, after) is apart


def test_byline_across_the_edge():
    text = HARVEST[1].removesuffix("。") + "了。（记者 高远山 白一川 通讯员 钟乐平 柳思远）"
    for width in range(11, 24):
        page = Page(
            "p", "p.txt", "0", "utf-8", "果园里的好日子\n\n" + "\n".join(wrap(text, width)).replace(" \n", "\n")
        )
        (article,) = split_page(page)
        assert [b.name for b in article.bylines] == ["高远山", "白一川", "钟乐平", "柳思远"]
