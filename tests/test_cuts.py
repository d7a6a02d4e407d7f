"""Where articles begin and end on pages without bylines, and how the weights of that are learnt. All invented."""

import random
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from pipeline.page.articles import split_page
from pipeline.page.blocks import _IN_PICTURE, blocks_of
from pipeline.page.bylines import parse
from pipeline.page.looks import Looks
from pipeline.page.opening import opening
from pipeline.records import Page
from pipeline.training import cuts
from pipeline.training.broadcasts import Item
from pipeline.training.made_pages import Maker, Unit, told

VISIT = (
    "省科技厅调研组到青山软件园调研",
    "3月5日上午，省科技厅副厅长白一川一行来到青山软件园调研企业创新工作，青山区副区长杜渡陪同调研。",
    "白一川察看了软件园的展厅和实验室，听取了园区负责人的汇报，对软件园取得的成绩给予肯定。",
)
FAIR = (
    "青山软件园举办春季招聘会",
    "3月8日，青山软件园举办春季招聘会，三十二家企业带来岗位四百余个，吸引了上千名求职者进场。",
    "据介绍，软件园今年还将组织六场招聘会，帮助企业引进更多人才。",
)
RULES = (
    "青山区出台办法奖励软件人才",
    "近日，青山区印发《软件人才奖励办法》，对在青山软件园创业的团队给予奖励。",
    "按照办法，团队落户软件园满一年，可以申请二十万元奖励。",
)
FEATURE = (
    "松林村的果树成了摇钱树",
    "走进百花镇松林村，漫山遍野的苹果树挂满果实，果农高远山正忙着采摘苹果。",
    "松林村种苹果已有二十多年，全村三百多户人家，家家都有苹果园，日子一年比一年红火。",
    "选准路子天地宽",
    "“早些年村里穷，大家都出去打工。”高远山说，后来村里请来专家，选定种苹果这条路子。",
    "如今松林村的苹果园有两千亩，苹果卖到了全国各地。",
    "抱团发展底气足",
    "去年，松林村成立了苹果合作社，高远山当上了社长，带着果农统一种植、统一销售苹果。",
    "合作社还建起了冷库，苹果放到春节再卖，一斤能多卖一元钱。",
)


def split(*paragraphs):
    page = Page("p", "p.txt", "0", "utf-8", "\n\n".join(paragraphs) + "\n")
    return page, split_page(page)


def body(page, article):
    return "".join(page.text[s.start : s.end] for s in article.segments if s.role in ("body", "subhead"))


def test_articles_of_one_subject_without_bylines_are_told_apart():
    page, articles = split(*VISIT, *FAIR, *RULES)
    assert [a.headline for a in articles] == [VISIT[0], FAIR[0], RULES[0]]
    assert [body(page, a) for a in articles] == ["".join(x[1:]) for x in (VISIT, FAIR, RULES)]


def test_subheads_of_a_feature_without_byline_stay_in_it():
    page, articles = split(*FAIR, *FEATURE)
    assert [a.headline for a in articles] == [FAIR[0], FEATURE[0]]
    assert body(page, articles[1]) == "".join(FEATURE[1:])


def test_text_in_the_midst_is_cut_off_for_the_headline_at_the_foot():
    page, articles = split(*FEATURE[:2], FEATURE[4], *FAIR[1:], *VISIT, FAIR[0])
    assert [a.headline for a in articles] == [FEATURE[0], FAIR[0], VISIT[0]]
    assert body(page, articles[1]) == "".join(FAIR[1:])


@pytest.mark.parametrize(
    ("caption", "taken_by"),
    [
        ("村民在合作社的大棚里采摘草莓（钟乐平 摄）", [("钟乐平", "photographer")]),
        ("3月6日，百花镇镇长柳思远（右二）到松林村察看春耕", []),
        ("柳思远（前排中）与果农们在苹果园里合影", []),
    ],
)
def test_a_caption_that_does_not_end_as_a_sentence_is_no_headline(caption, taken_by):
    page, articles = split(*VISIT, caption, *FEATURE[:3])
    assert [a.headline for a in articles] == [VISIT[0], None, FEATURE[0]]
    assert articles[1].kind == "caption"
    assert [(b.name, b.role) for b in articles[1].bylines] == taken_by
    assert body(page, articles[0]) == "".join(VISIT[1:])


def test_a_part_of_a_series_is_no_caption():
    assert _IN_PICTURE.search("杜渡(中)和白一川")
    assert _IN_PICTURE.search("图中白一川(右三)向人讲解")
    assert not _IN_PICTURE.search("大河之子(中)")
    assert not _IN_PICTURE.search("向左(右)转弯")


def test_the_last_paragraph_before_a_picture_is_no_part_of_its_caption():
    page, articles = split(*FEATURE[:3], "果农在松林村的苹果园里忙碌。 钟乐平 摄", *VISIT)
    assert [a.kind == "caption" for a in articles] == [False, True, False]
    assert body(page, articles[0]) == "".join(FEATURE[1:3])


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("【文】白一川 【图】杜渡", [("白一川", "correspondent"), ("杜渡", "photographer")]),
        ("【记者】白一川 【通讯员】杜渡", [("白一川", "reporter"), ("杜渡", "correspondent")]),
        ("[记者]白一川 [摄影]钟乐平", [("白一川", "reporter"), ("钟乐平", "photographer")]),
        ("【作者】杜 渡", [("杜渡", "correspondent")]),
        ("【记者】白一川 【校对】杜渡", [("白一川", "reporter")]),
        (
            "图片均由记者白一川 杜渡 钟乐平 柳思远 高远山 摄",
            [(name, "photographer") for name in ("白一川", "杜渡", "钟乐平", "柳思远", "高远山")],
        ),
    ],
)
def test_bylines_with_roles_in_brackets(line, wanted):
    credit = parse(line)
    assert credit is not None
    assert [(b.name, b.role) for b in credit.bylines] == wanted


def test_clause_that_could_be_cut_into_names_is_no_byline():
    _, articles = split("青山区召开会议任命干部", "高远任副区长", *RULES[1:])
    assert not articles[0].bylines


def test_item_of_a_list_is_no_byline():
    _, articles = split("青山县先进个人名单", "一、优秀校长（1名）：", "高远山（百花小学）", *RULES)
    assert not any(a.bylines for a in articles)


def test_news_opens_with_when_and_who():
    first = "3月5日上午,青山县召开工作会议,部署春季植树造林工作。"
    later = "会上,高远山说,此外还要加强管理,他们表示将继续努力。"
    assert opening(first) > 0 > opening(later)
    assert -4 <= opening(later * 9) <= opening(first * 9) <= 4


def made(seed, signed, subheads=1.0):
    parts = ["选准路子天地宽", "抱团发展底气足", "科技兴农有奔头", "好日子在后头"]
    chosen = [told(Item(x[0], x[1:])) for x in (VISIT, FAIR, RULES)]
    bylines = (("令狐远", "reporter"), ("司马青", "correspondent"))
    texts = tuple(p for p in FEATURE[1:] if p.endswith("。"))
    chosen.append(Unit("", "feature", FEATURE[0], ("乡村振兴",), texts, bylines))
    chosen.append(Unit("", "caption", None, (), ("果农在苹果园里忙碌。",), (("钟乐平", "photographer"),)))
    return Maker(random.Random(seed), parts).page(chosen, signed, 0.5, subheads)


@pytest.mark.parametrize("signed", [0.0, 1.0])
def test_made_pages_tell_where_their_texts_are(signed):
    for seed in range(20):
        page, articles = made(seed, signed)
        texts = ["".join(page[a:b] for a, b in article["body"]) for article in articles]
        assert texts[0] == "".join(VISIT[1:])
        assert texts[4] == "果农在苹果园里忙碌。"
        assert "本报讯" not in "".join(texts)
        assert all(article["headline"] is None or article["headline"] in page for article in articles)
        assert bool(articles[3]["bylines"]) == bool(signed)
        assert ("令狐远" in page) == bool(signed)


def features():
    names = {row: k for k, row in enumerate(cuts_weights())}
    return cuts.Features(names, np.array(list(cuts_weights().values())), opening)


def cuts_weights():
    from pipeline.page.cut import _weights

    return _weights()


def test_gold_allows_right_cuts_only():
    page, articles = made(3, 0.0, 0.0)
    example = cuts.example(page, articles, features())
    assert cuts.usable(example)
    assert not any(
        allowed and (start, end) == (0, example.blocks)
        for start, end, allowed in zip(example.starts, example.ends, example.allowed, strict=True)
    )  # articles put together
    nothing = replace(example, allowed=np.zeros_like(example.allowed))
    assert not cuts.usable(nothing)


def test_features_and_weights_give_the_score_of_the_reading():
    from pipeline.page.blocks import Likeness, blocks_of
    from pipeline.page.looks import Looks
    from pipeline.page.reading import Reading

    page, articles = made(5, 1.0)
    known = features()
    example = cuts.example(page, articles, known)
    blocks = blocks_of(page)
    looks = Looks(blocks, Likeness(blocks), cuts_weights())
    wanted = {(s, e): score for s in range(len(blocks)) for e, score in Reading(looks, s, cuts_weights()).ends()}
    got = {(s, e): v for s, e, v in zip(example.starts, example.ends, example.table @ known.before, strict=True)}
    assert wanted.items() <= got.items() or all(got[k] == pytest.approx(v, abs=1e-3) for k, v in wanted.items())


@pytest.mark.torch  # SciPy is of the same extra
def test_training_makes_allowed_cuts_likelier():
    pytest.importorskip("scipy")
    known = features()
    start = np.zeros(len(known.names))
    pages = [cuts.example(*made(seed, seed % 2), known) for seed in range(6)]
    found = cuts.fit(pages, start, 1.0, 30)

    def chance(weights):
        total = 0.0
        for page in pages:
            scores = page.table @ weights
            total += cuts._expected(page, scores, page.allowed)[0]
            total -= cuts._expected(page, scores, np.ones(len(scores), dtype=bool))[0]
        return total

    assert chance(found) > chance(start) + 5


class _Counted(list):
    """A list that counts how often it is read."""

    reads = 0

    def __getitem__(self, key):
        found = super().__getitem__(key)
        self.reads += len(found) if isinstance(key, slice) else 1
        return found


def _reads(displays: int) -> int:
    lines = [f"苹果园里的第{k}个故事" for k in range(displays)]
    blocks = _Counted(blocks_of("\n\n".join([*lines, *VISIT[1:]])))
    assert sum(block.kind == "display" for block in blocks) == displays
    blocks.reads = 0
    looks = Looks(blocks, lambda _left, _right: 0.0, defaultdict(float))
    assert len(looks.behind) == displays
    assert looks.behind[0] == looks.behind[displays - 1]
    assert "软件" in looks.behind[0]
    return blocks.reads


def test_a_run_of_lines_of_display_is_read_a_bounded_number_of_times_each():
    assert _reads(400) <= 2.2 * _reads(200)
