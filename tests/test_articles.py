"""Pages into articles: headlines, subheads, bylines, captions, tables and pieces that print set apart. All invented."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.language.document import article_text
from pipeline.offsets import raw_equal
from pipeline.page.articles import split_page
from pipeline.records import Page

A = (
    "青山县百花镇松林村的果园里，果农高远山正忙着采摘苹果。今年松林村的苹果喜获丰收，亩产达到四千斤。",
    "松林村位于百花镇东部，全村有三百多户人家，种苹果已有二十多年的历史。高远山是村里最早种苹果的人之一。",
    "“苹果卖得好，日子就有奔头。”高远山说，明年他打算再种十亩苹果，带着松林村的乡亲一起干。",
)
B = (
    "县供电公司组织三十名员工来到临河街道，为老旧小区更换电表箱。员工们冒着高温爬上爬下，一天更换了六十个电表箱。",
    "据介绍，临河街道有老旧小区十二个，电表箱用了二十多年，存在安全隐患。供电公司计划年底前把电表箱全部换完。",
)
CAPTION = "3月5日，青山湖畔，游客们乘着小船赏花。近年来，青山湖的春色吸引了四面八方的客人。"


def page_of(text):
    return Page("p", "p.txt", "0", "utf-8", text, issue_date=date(2024, 3, 8))


def split(*paragraphs, gap="\n\n"):
    page = page_of(gap.join(paragraphs) + "\n")
    return page, split_page(page)


def body(page, article):
    return "".join(page.text[s.start : s.end] for s in article.segments if s.role in ("body", "subhead"))


def names(article):
    return [(b.name, b.role) for b in article.bylines]


@pytest.fixture(params=["\n\n", "\n\n\n\n"], ids=["narrow", "wide"])
def gap(request):
    return request.param


@pytest.mark.parametrize(
    ("above", "lead", "tail", "below", "wanted"),
    [
        (["■ 本报记者 白一川 本报通讯员 杜渡"], "", "", [], [("白一川", "reporter"), ("杜渡", "correspondent")]),
        (["■ 本报记者 白一川", "本报通讯员 杜 渡"], "", "", [], [("白一川", "reporter"), ("杜渡", "correspondent")]),
        (["白一川 青山报道"], "", "", [], [("白一川", "reporter")]),
        ([], "本报讯(记者 白一川)", "", [], [("白一川", "reporter")]),
        ([], "本报讯 （通讯员 杜渡） ", "", [], [("杜渡", "correspondent")]),
        ([], "青山区讯 ", "", ["(融媒体 白一川 通讯员 杜渡)"], [("白一川", "reporter"), ("杜渡", "correspondent")]),
        (["本报讯(记者 白一川)"], "", "", [], [("白一川", "reporter")]),
        ([], "", "(通讯员 杜渡)", [], [("杜渡", "correspondent")]),
        ([], "", "", ["通讯员 杜渡 记者 白一川"], [("杜渡", "correspondent"), ("白一川", "reporter")]),
        ([], "本报讯(杜某)", "", [], [("杜某", "correspondent")]),
    ],
)
def test_byline_styles_on_a_page(above, lead, tail, below, wanted, gap):
    page, articles = split(
        "果园里的好日子", *above, lead + A[0], A[1], A[2] + tail, *below, "换上新电表箱", "本报讯 " + B[0], gap=gap
    )
    assert [a.headline for a in articles] == ["果园里的好日子", "换上新电表箱"]
    assert names(articles[0]) == wanted
    assert body(page, articles[0]) == "".join(A)
    assert body(page, articles[1]) == B[0]


def test_order_of_segments():
    page, (article,) = split("乡村故事", "果园里的好日子", "■ 本报记者 白一川", A[0], A[1] + " (通讯员 杜渡)")
    words = [(s.role, page.text[s.start : s.end]) for s in article.segments]
    assert words == [
        ("kicker", "乡村故事"),
        ("headline", "果园里的好日子"),
        ("byline", "■ 本报记者 白一川"),
        ("body", A[0]),
        ("body", A[1]),
        ("byline", "(通讯员 杜渡)"),
    ]
    text, _ = article_text(page, article)
    assert text.split("\n") == [*(w for _, w in words[:4]), A[1] + " (通讯员 杜渡)"]


def test_column_break_goes_on_the_paragraph():
    page, articles = split("果园里的好日子", "■ 本报记者 白一川", A[0][:30], A[0][30:], A[1])
    (article,) = articles
    assert [s.new_paragraph for s in article.segments if s.role == "body"] == [True, False, True]
    text, _ = article_text(page, article)
    assert A[0] in text


def test_subheads_stay_in_the_body(gap):
    more = "走进松林村，苹果广场、苹果大道映入眼帘。松林村的乡亲们说，苹果改变了百花镇，也改变了松林村的模样。"
    page, articles = split(
        "果园里的好日子", "■ 本报记者 白一川", A[0], "种下致富树", A[1], A[2], "走出新路子", more, "换上新电表箱", "本报讯(记者 杜渡)" + B[0],
        gap=gap,
    )  # fmt: skip
    assert [a.headline for a in articles] == ["果园里的好日子", "换上新电表箱"]
    assert [page.text[s.start : s.end] for s in articles[0].segments if s.role == "subhead"] == [
        "种下致富树",
        "走出新路子",
    ]
    assert articles[0].kind == "feature"


def test_a_signed_text_is_at_its_end():
    _page, articles = split("果园里的好日子", A[0], "(通讯员 杜渡)", "换上新电表箱", B[0], B[1], "(通讯员 白一川)")
    assert [a.headline for a in articles] == ["果园里的好日子", "换上新电表箱"]
    assert [names(a) for a in articles] == [[("杜渡", "correspondent")], [("白一川", "correspondent")]]


def test_headline_at_the_foot(gap):
    page, articles = split(
        "果园里的好日子",
        "本报讯(记者 白一川)" + A[0],
        "本报讯(记者 杜渡)" + B[0],
        B[1],
        "临河街道换上新电表箱",
        gap=gap,
    )
    assert [a.headline for a in articles] == ["果园里的好日子", "临河街道换上新电表箱"]
    assert names(articles[1]) == [("杜渡", "reporter")]
    assert body(page, articles[1]) == B[0] + B[1]


def test_headline_at_the_foot_of_a_text_run_into_another(gap):
    dated = "3月2日，" + B[0]
    page, articles = split("果园里的好日子", *A, dated, B[1], "记者 杜 渡", "供电公司为临河街道更换电表箱", gap=gap)
    assert [a.headline for a in articles] == ["果园里的好日子", "供电公司为临河街道更换电表箱"]
    assert [body(page, a) for a in articles] == ["".join(A), dated + B[1]]
    assert [names(a) for a in articles] == [[], [("杜渡", "reporter")]]


def test_foot_line_without_a_text_of_its_own_cuts_nothing():
    page, articles = split("果园里的好日子", A[0], "3月2日，" + A[1], A[2], "青山绿水入画来")
    assert body(page, articles[0]) == A[0] + "3月2日，" + A[1] + A[2]


def test_desk_mark_ends_a_sentence():
    _, articles = split("果园里的好日子", A[0], A[1] + "③9", "换上新电表箱", "3月2日，" + B[0], B[1], "(杜渡)")
    assert [a.headline for a in articles] == ["果园里的好日子", "换上新电表箱"]


def test_lines_that_name_who_was_elected_are_text(gap):
    elected = ["松林村村委会主任：高远山", "委员：白一川、杜 渡"]
    page, articles = split("松林村选出新班子", A[1], *elected, "临河街道换上新电表箱", "3月2日，" + B[0], gap=gap)
    assert [a.headline for a in articles] == ["松林村选出新班子", "临河街道换上新电表箱"]
    assert body(page, articles[0]) == A[1] + "".join(elected)


def test_first_sentence_with_a_full_date_goes_on_behind_a_column_break():
    text = ["2023年7月2日，青山县供电公司", "隆重举行“放心电”启动仪式。" + B[0]]
    page, (article,) = split("临河街道换上新电表箱", *text, B[1])
    assert article.headline == "临河街道换上新电表箱"
    assert body(page, article) == "".join(text) + B[1]


def test_headline_behind_a_wide_gap_that_its_text_repeats():
    headline, told = "县供电公司为临河街道更换电表箱", "为改善居民生活，县供电公司近日为临河街道更换电表箱。"
    _, articles = split("果园里的好日子", "（记者 白一川）", *A, "\n\n" + headline, told + B[0])
    assert [a.headline for a in articles] == ["果园里的好日子", headline]


def test_clause_set_in_two_lines_is_one_headline_if_the_text_tells_it_in_a_row():
    lines = ["副县长高远山到百花镇调研指导", "“一村一品”和松林村苹果产业建设情况"]
    text = "3月2日，副县长高远山到百花镇调研指导“一村一品”和松林村苹果产业建设情况。" + A[1]
    _, (article,) = split(*lines, text, A[2])
    assert article.headline == "".join(lines)
    assert article.kicker is None


@pytest.mark.parametrize(
    ("lines", "begins"),
    [  # a title over its holder, a visit over its purpose
        (["省农科院党委副书记", "高远山到果园送技术"], "11月8日，高远山来到青山县。"),
        (["省水利厅专家组莅临青山县", "开展水库除险工程专题调研"], "近日，省水利厅专家组一行五人来到青山县检查工作。"),
    ],
)
def test_clause_set_in_two_lines_is_one_headline(lines, begins):
    _, (article,) = split(*lines, begins + A[1], A[2])
    assert (article.kicker, article.headline) == (None, "".join(lines))


@pytest.mark.parametrize(
    ("lines", "kicker", "headline"),
    [
        (["党旗飘飘", "这个支书“不一般”"], "党旗飘飘", "这个支书“不一般”"),
        (["青山县", "打造家门口的好去处"], "青山县", "打造家门口的好去处"),
        (["果园里的好日子", "——松林村发展苹果产业见闻"], "松林村发展苹果产业见闻", "果园里的好日子"),
        (["货车突然起火！", "众人合力扑灭"], None, "货车突然起火！众人合力扑灭"),
        (["松林村建成“苹果大道”", "让果农笑开了颜"], None, "松林村建成“苹果大道”让果农笑开了颜"),
        (["松林村的苹果红了"], None, "松林村的苹果红了"),
        (["县领导到松林村调研", "苹果产业发展工作"], None, "县领导到松林村调研苹果产业发展工作"),
        (["谁摘走了松林村的苹果", "民警一天抓获三名嫌疑人"], "民警一天抓获三名嫌疑人", "谁摘走了松林村的苹果"),
        (["县长高远山在松林村调研时强调", "果业要强 果农要富"], "县长高远山在松林村调研时强调", "果业要强 果农要富"),
        (["时代先锋", "果树下的守望", "——记松林村支书高远山"], "时代先锋 / 记松林村支书高远山", "果树下的守望"),
    ],
)
def test_headline_and_kicker(lines, kicker, headline):
    _, (article,) = split(*lines, "本报讯(记者 白一川)" + A[0], A[1])
    assert (article.kicker, article.headline) == (kicker, headline)


def test_captions_are_articles_of_their_own(gap):
    page, articles = split(
        "果园里的好日子", "本报讯(记者 白一川)" + A[0], A[1], "▲" + CAPTION + " 通讯员 杜渡 摄", "换上新电表箱", "本报讯 " + B[0],
        CAPTION + " ■ 杜渡 高 远", gap=gap,
    )  # fmt: skip
    assert [a.kind for a in articles] == ["brief", "caption", "brief", "caption"]
    assert names(articles[1]) == [("杜渡", "photographer")]
    assert names(articles[3]) == [("杜渡", "correspondent"), ("高远", "correspondent")]
    assert body(page, articles[0]) == A[0] + A[1]
    assert body(page, articles[1]) == CAPTION
    assert body(page, articles[3]) == CAPTION


def test_tables_are_lists_with_their_headings():
    page, articles = split(
        "全县海报设计大赛获奖名单", A[0], "一等奖 (2件)", "Table with 2 columns: 序号, 姓名. 1. 白一川; 2. 杜渡",
        "二等奖 (1件)", "Table with 2 columns: 序号, 姓名. 1. 高远山",
    )  # fmt: skip
    assert [(a.headline, a.kind) for a in articles[1:]] == [("一等奖 (2件)", "list"), ("二等奖 (1件)", "list")]
    assert body(page, articles[2]).startswith("Table with 2 columns")


def test_labels():
    page, articles = split(
        "果园里的好日子", "■ 本报记者 白一川", A[0], A[1], "记者感言", "一个苹果，一份牵挂。乡亲们的笑脸，就是最好的回答。",
        "榜样就在身边", "开栏的话：今天起，本报推出专栏，讲述身边人的故事。", "换上新电表箱", "本报讯(记者 杜渡)" + B[0],
    )  # fmt: skip
    assert [(a.headline, a.kind) for a in articles[1:3]] == [("记者感言", "commentary"), ("开栏的话", "column_intro")]
    assert articles[1].parent == 0
    assert articles[2].kicker == "榜样就在身边"
    assert body(page, articles[2]) == "今天起，本报推出专栏，讲述身边人的故事。"


def test_hotline_is_a_notice():
    _page, articles = split(
        "果园里的好日子", "本报讯 " + A[0], "党报热线", "电话: 0635-1234567", "QQ: 1234567", "请扫码留言"
    )
    assert [(a.headline, a.kind) for a in articles[1:]] == [("党报热线", "notice")]
    _page, articles = split("果园里的好日子", "本报讯 " + A[0], "责编：白一川 美编：杜渡 校对：高远山")
    assert [(a.headline, a.kind) for a in articles[1:]] == [(None, "notice")]


def test_interrupted_article_has_two_parts():
    rest = "高远山告诉记者，松林村的苹果合作社正在筹建冷库，松林村的苹果往后一年四季都能卖上好价钱。"
    page, articles = split(
        "果园里的好日子",
        "■ 本报记者 白一川",
        A[0],
        A[1],
        "换上新电表箱",
        "本报讯 " + B[0],
        B[1] + "(通讯员 杜渡)",
        rest,
    )
    assert body(page, articles[0]) == A[0] + A[1] + rest
    assert names(articles[1]) == [("杜渡", "correspondent")]


def test_nothing_on_the_page():
    assert split_page(page_of("")) == []
    assert split_page(page_of(" \n\n　\n")) == []


WORDS = [
    "果园里的好日子", "——松林村见闻", "青山县", "■ 本报记者 白一川", "(通讯员 杜渡)", "本报讯(记者 白 一)" + A[0], A[0], A[1][:25],
    A[1][25:], B[0], CAPTION + " 杜渡 摄", "▲" + CAPTION, "记者感言", "开栏的话：" + B[1], "热线: 0635-1234567", "又讯 " + B[1],
    "Table with 2 columns: 序号, 姓名. 1. 白一川; 2. 杜渡", "○第一条。(高远) ○第二条。", "●果农增收", "注:雨天顺延", "Hello", "world 1", "。", "(", "▲",
]  # fmt: skip


def check(page):
    """What holds for any page: segments in range, apart from each other, covering all, and their text the page's."""
    articles = split_page(page)
    taken = [0] * len(page.text)
    for position, article in enumerate(articles):
        assert article.position == position
        assert article.parent is None or 0 <= article.parent < len(articles)
        for segment in article.segments:
            assert 0 <= segment.start < segment.end <= len(page.text)
            words = page.text[segment.start : segment.end]
            assert words == words.strip()
            assert len(words.splitlines()) == 1
            for k in range(segment.start, segment.end):
                taken[k] += 1
        text, offsets = article_text(page, article)
        for line in text.split("\n"):
            at = text.index(line)
            if line:
                assert raw_equal(page.text, *offsets.to_raw(at, at + len(line)), line)
    assert all(n == 1 for n, character in zip(taken, page.text, strict=True) if not character.isspace())
    assert max(taken, default=0) <= 1


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(["\n", "\n\n", "\n\n\n\n", "\r\n"])), max_size=25))
@settings(max_examples=150, deadline=None)
def test_generated_pages(pieces):
    check(page_of("".join(word + gap for word, gap in pieces)))


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text(text):
    check(page_of(text))


def test_time_grows_with_the_length():
    """A page of many short lines, of many paragraphs, and one long line: no step may look at all pairs."""
    for text in ("某地开会\n\n" * 3000, (A[0] + "\n\n\n") * 1500, "天" * 200_000):
        assert split_page(page_of(text))


def test_prose_that_enumerates_is_no_list():
    items = "“高远山，分红金额2840元；白一川，分红金额1420元；赵一，分红金额4970元；冯小，"
    _page, articles = split(
        "松林村分红了", "本报记者 杜渡", items, "分红金额2130元……”3月5日，松林村的仪式热闹起来。", *A
    )
    assert len(articles) == 1
    assert articles[0].headline == "松林村分红了"


def test_subheads_set_in_two_parts_alike_stay_in_their_article():
    one, two = "返乡种果有盼头 三年苦干迎丰收", "工厂建在果园边 乡亲不愁没销路"
    _page, articles = split("小苹果释放大能量", "本报记者 杜渡", A[0], one, A[1], A[1], two, A[2], A[2])
    assert [a.headline for a in articles] == ["小苹果释放大能量"]


def test_caption_does_not_swallow_the_article_before_it():
    dateline = "本报讯（记者 高远山 通讯员 白一川）" + B[0]
    page, articles = split("员工上门换电表箱", dateline, B[1], B[0], "员工在临河街道更换电表箱。 白一川 摄")
    assert [a.kind for a in articles] == ["news", "caption"]
    assert body(page, articles[1]) == "员工在临河街道更换电表箱。"


def test_comment_under_a_bracketed_voice_is_signed_by_the_line_behind_it():
    signature = "——青山县供电公司经理 赵一川"
    _page, articles = split(
        "员工上门换电表箱", "本报记者 高远山", *B, "【管理者说】", B[1], signature, "松林村苹果丰收", *A
    )
    assert [a.headline for a in articles] == ["员工上门换电表箱", "【管理者说】", "松林村苹果丰收"]
    assert articles[1].kind == "commentary"
    assert names(articles[1]) == [("赵一川", "correspondent")]


def test_motto_before_a_wide_gap_is_a_banner():
    _page, articles = split(
        "松林村苹果丰收", "本报记者 杜渡", *A, "深入学习宣传贯彻大会精神\n\n\n", "近日，" + B[0], B[1]
    )
    assert [a.headline for a in articles] == ["松林村苹果丰收", None, None]
    assert articles[1].kind == "notice"


def test_points_behind_bullets_below_a_headline_are_its_kicker():
    points = ["●全村卖出苹果八百吨", "●合作社今年再添冷库"]
    page, (article,) = split("松林村苹果丰收", *points, "本报讯(记者 杜渡)" + A[0], A[1])
    assert article.headline == "松林村苹果丰收"
    assert article.kicker == "全村卖出苹果八百吨 / 合作社今年再添冷库"
    assert body(page, article) == A[0] + A[1]


def test_subheads_behind_bullets_stay_in_the_article():
    page, articles = split("松林村苹果丰收", "本报记者 杜渡", A[0], "◆ 种下致富树", A[1], "◆ 走出新路子", A[2])
    assert [a.headline for a in articles] == ["松林村苹果丰收"]
    assert "◆ 走出新路子" in body(page, articles[0])


def test_line_between_byline_and_text_is_a_subhead():
    page, (article,) = split("松林村苹果丰收", "■ 本报记者 杜渡", "种下致富树", A[0], A[1], "走出新路子", A[2])
    assert (article.kicker, article.headline) == (None, "松林村苹果丰收")
    assert [page.text[s.start : s.end] for s in article.segments if s.role == "subhead"] == ["种下致富树", "走出新路子"]
    assert names(article) == [("杜渡", "reporter")]


def test_subheads_in_two_lines_stay_in_their_article():
    _page, articles = split(
        "松林村苹果丰收", "本报记者 杜渡", A[0], "剪枝在前育好果", "“土专家”下地", A[1], A[2], "销路在前卖好价",
        "“小主播”上线", A[2], A[0],
    )  # fmt: skip
    assert [a.headline for a in articles] == ["松林村苹果丰收"]


def test_more_on_the_same_stays_with_it_and_signs():
    more = "又讯 （记者 高远）松林村的苹果今年喜获丰收，百花镇的果农高远山忙着采摘。"
    other = "又讯 昨天夜里，县城南关的老剧场重新开门，三百名戏迷过足了瘾。"
    _page, articles = split("松林村苹果丰收", "本报讯(记者 杜渡)" + A[0], A[1], more)
    assert [names(a) for a in articles] == [[("杜渡", "reporter"), ("高远", "reporter")]]
    _page, articles = split("松林村苹果丰收", "本报讯(记者 杜渡)" + A[0], A[1], other)
    assert [a.headline for a in articles] == ["松林村苹果丰收", None]


def test_a_picture_with_its_story_is_one_caption():
    _, (article,) = split("苹果丰收", A[0], "图为果农在采摘苹果。", "(白一川 摄)")
    assert (article.kind, article.headline, names(article)) == ("caption", "苹果丰收", [("白一川", "photographer")])


def test_the_name_of_a_column_of_pictures_is_no_headline():
    _, articles = split("图片新闻", CAPTION + " 白一川 摄")
    assert articles
    assert all(article.headline is None for article in articles)


def test_headline_whose_words_its_text_repeats_is_not_joined_to_it():
    one = "为进一步增强学生安全意识，临河小学有计划地开展交通安全教育，全校八百名学生参加。"
    two = "为响应创建国家卫生县城的号召，临河小学组织学生开展剪纸创作活动。"
    page, articles = split("交通安全教育入校园", one, "临河小学学生动手创作剪纸助力创卫", two)
    assert [a.headline for a in articles] == ["交通安全教育入校园", "临河小学学生动手创作剪纸助力创卫"]
    assert body(page, articles[1]) == two


def test_words_and_pictures_of_one_hand_make_no_caption_of_a_text_with_a_headline():
    _, articles = split("松林村苹果喜获丰收", A[0] + "（记者 白一川 文/图）", CAPTION + " 杜渡 文/图")
    assert [(a.headline, a.kind, names(a)) for a in articles] == [
        ("松林村苹果喜获丰收", "brief", [("白一川", "reporter")]),
        (None, "caption", [("杜渡", "photographer")]),
    ]


def test_author_with_a_post_stands_between_headline_and_text():
    _, articles = split("把果园种成样板", "青山县委书记、县长 白一川", *A)
    assert [(a.headline, names(a)) for a in articles] == [("把果园种成样板", [("白一川", "correspondent")])]


def test_name_cut_by_a_column_break_signs_nothing():
    told = A[0].replace("高远山", "黄远山") + "黄远"
    page, (article,) = split("松林村苹果喜获丰收", told, "山是村里最早种苹果的人之一，今年又多种了十亩。")
    assert article.bylines == ()
    assert body(page, article).endswith("十亩。")


def test_a_clause_with_a_word_of_columns_is_no_column():
    lines = ["青山县果业振兴局党支部召开", "2024年度组织生活会"]
    _, (article,) = split(*lines, "3月2日，" + "".join(lines) + "。" + A[1], A[2])
    assert article.headline == "".join(lines)


@pytest.mark.parametrize(
    ("last", "rest", "wanted"),
    [
        ("（通讯", "员 白一川 杜渡）", [("白一川", "correspondent"), ("杜渡", "correspondent")]),
        ("（记者 白一川", "通讯员 杜渡）", [("白一川", "reporter"), ("杜渡", "correspondent")]),
        ("（白", "一川 杜渡 供稿）", [("白一川", "correspondent"), ("杜渡", "correspondent")]),
    ],
)
def test_byline_that_a_column_break_cuts(last, rest, wanted, gap):
    _, articles = split("松林村苹果喜获丰收", A[0], A[1] + last, rest, "电表箱免费换新", B[0], B[1], gap=gap)
    assert [names(a) for a in articles] == [wanted, []]


def test_the_word_that_signs_a_picture_goes_on_the_name_before_it(gap):
    _, (article,) = split(CAPTION + " 白一川", "摄影报道", gap=gap)
    assert (article.kind, names(article)) == ("caption", [("白一川", "photographer")])
