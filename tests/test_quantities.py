"""Quantities: what a printed number with its unit is worth, in which unit, of what, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.folding import fold
from pipeline.stages.quantities import find_quantities

COLUMNS = "text, printed, value, low, high, unit, modifier, kind, unit_name, si_value, si_unit, per"
CASES = [
    ("每亩增收800元。", "800元", 800, 800, 800, "元", "eq", "money", "yuan", 800, "CNY", "亩"),
    ("亩均增收800元。", "800元", 800, 800, 800, "元", "eq", "money", "yuan", 800, "CNY", "亩"),
    ("投资3·5万元。", "3·5万元", 35000, 35000, 35000, "元", "eq", "money", "yuan", 35000, "CNY", None),
    ("户均1.4万元。", "1.4万元", 14000, 14000, 14000, "元", "eq", "money", "yuan", 14000, "CNY", "户"),
    (
        "售价7.8元/公斤。",
        "7.8元/公斤",
        7.8,
        7.8,
        7.8,
        "元/公斤",
        "eq",
        "rate",
        "yuan per kilogram",
        7.8,
        "CNY/kg",
        "公斤",
    ),
    ("每公斤7.8元。", "7.8元", 7.8, 7.8, 7.8, "元", "eq", "money", "yuan", 7.8, "CNY", "公斤"),
    ("补贴300元每亩。", "300元每亩", 300, 300, 300, "元每亩", "eq", "rate", "yuan per mu", 0.45, "CNY/m2", "亩"),
    (
        "接待5万人次/年。",
        "5万人次/年",
        50000,
        50000,
        50000,
        "人次/年",
        "eq",
        "rate",
        "人次 per year",
        0.00158443693,
        "1/s",
        "年",
    ),
    ("每人每年补助2000元。", "2000元", 2000, 2000, 2000, "元", "eq", "money", "yuan", 2000, "CNY", "年"),
    ("占地3亩。", "3亩", 3, 3, 3, "亩", "eq", "area", "mu", 2000, "m2", None),
    ("约12公顷。", "12公顷", 12, 12, 12, "公顷", "approx", "area", "hectare", 120000, "m2", None),
    ("面积860平方米。", "860平方米", 860, 860, 860, "平方米", "eq", "area", "square metre", 860, "m2", None),
    ("挖土方3万方。", "3万方", 30000, 30000, 30000, "方", "eq", "volume", "cubic metre", 30000, "m3", None),
    ("重五斤。", "五斤", 5, 5, 5, "斤", "eq", "mass", "jin", 2.5, "kg", None),
    ("三十两银子。", "三十两", 30, 30, 30, "两", "eq", "mass", "liang", 1.5, "kg", None),
    ("一斤二两。", "一斤二两", 12, 12, 12, "两", "eq", "mass", "liang", 0.6, "kg", None),
    ("水温85度。", "85度", 85, 85, 85, "度", "eq", "other", "degree Celsius", 85, "degC", None),
    ("用电120度。", "120度", 120, 120, 120, "度", "eq", "other", "kilowatt hour", 432000000, "J", None),
    ("气温零下7度。", "零下7度", -7, -7, -7, "度", "eq", "other", "degree Celsius", -7, "degC", None),
    ("考了满分100分。", "100分", 100, 100, 100, "分", "eq", "other", "point", None, None, None),
    ("用时1分58秒。", "1分58秒", 118, 118, 118, "秒", "eq", "duration", "second", 118, "s", None),
    ("得票3角5分。", "3角5分", 35, 35, 35, "分", "eq", "money", "fen", 0.35, "CNY", None),
    ("5角钱。", "5角", 5, 5, 5, "角", "eq", "money", "jiao", 0.5, "CNY", None),
    ("一根5米长的木杆。", "5米", 5, 5, 5, "米", "eq", "length", "metre", 5, "m", None),
    ("跑了5里地。", "5里", 5, 5, 5, "里", "eq", "length", "li", 2500, "m", None),
    ("风力7级。", "7级", 7, 7, 7, "级", "eq", "other", "grade", None, None, None),
    ("震级5.2级。", "5.2级", 5.2, 5.2, 5.2, "级", "eq", "other", "grade", None, None, None),
    ("三成。", "三成", 3, 3, 3, "成", "eq", "percent", "tenth", 0.3, "1", None),
    ("八成五。", "八成五", 8.5, 8.5, 8.5, "成", "eq", "percent", "tenth", 0.85, "1", None),
    ("翻了一番。", "一番", 1, 1, 1, "番", "eq", "other", "doubling", None, None, None),
    ("增长2倍。", "2倍", 2, 2, 2, "倍", "eq", "other", "times", 2, "1", None),
    ("三分之二的村民。", "三分之二", 0.666667, 0.666667, 0.666667, "", "eq", "percent", None, None, None, None),
    ("一半以上。", "一半以上", 0.5, 0.5, None, "", "ge", "percent", None, None, None, None),
    ("半数以上。", "半数以上", 0.5, 0.5, None, "", "ge", "percent", None, None, None, None),
    ("近百户。", "百户", 100, None, 100, "户", "lt", "count", "户", 100, "1", None),
    ("上千人。", "上千人", 1000, 1000, None, "人", "ge", "count", "人", 1000, "1", None),
    ("几十棵。", "几十棵", None, None, None, "棵", "approx", "count", "棵", None, None, None),
    ("十几名。", "十几名", None, None, None, "名", "approx", "count", "名", None, None, None),
    ("三千余亩。", "三千余亩", 3000, 3000, None, "亩", "gt", "area", "mu", 2000000, "m2", None),
    ("17.7万余次。", "17.7万余次", 177000, 177000, None, "次", "gt", "count", "次", 177000, "1", None),
    ("超3.5亿条。", "3.5亿条", 350000000, 350000000, None, "条", "gt", "count", "条", 350000000, "1", None),
    ("约8%。", "8%", 8, 8, 8, "%", "approx", "percent", "per cent", 0.08, "1", None),
    ("不少于30次。", "30次", 30, 30, None, "次", "ge", "count", "次", 30, "1", None),
    ("60岁以上。", "60岁以上", 60, 60, None, "岁", "ge", "age", "year of age", 60, "a", None),
    ("20分钟内。", "20分钟内", 20, None, 20, "分钟", "le", "duration", "minute", 1200, "s", None),
    ("年近七旬。", "七旬", 70, None, 70, "岁", "lt", "age", "year of age", 70, "a", None),
    ("3至5天。", "3至5天", None, 3, 5, "天", "eq", "duration", "day", None, None, None),
    ("10—20%。", "10—20%", None, 10, 20, "%", "eq", "percent", "per cent", None, None, None),
    ("两三百人。", "两三百人", None, 200, 300, "人", "eq", "count", "人", None, None, None),
    ("三四千元。", "三四千元", None, 3000, 4000, "元", "eq", "money", "yuan", None, None, None),
    ("5万至8万元。", "5万至8万元", None, 50000, 80000, "元", "eq", "money", "yuan", None, None, None),
    ("下降8%。", "8%", 8, 8, 8, "%", "eq", "percent", "per cent", 0.08, "1", None),
    ("1,200.5吨。", "1,200.5吨", 1200.5, 1200.5, 1200.5, "吨", "eq", "mass", "tonne", 1200500, "kg", None),
    ("两个半月。", "两个半月", 2.5, 2.5, 2.5, "个月", "eq", "duration", "month", 6574365, "s", None),
    ("一个多小时。", "一个多小时", 1, 1, None, "个小时", "gt", "duration", "hour", 3600, "s", None),
    ("9小时48分。", "9小时48分", 588, 588, 588, "分", "eq", "duration", "minute", 35280, "s", None),
    ("一米七的个子。", "一米七", 1.7, 1.7, 1.7, "米", "eq", "length", "metre", 1.7, "m", None),
    ("两米半。", "两米半", 2.5, 2.5, 2.5, "米", "eq", "length", "metre", 2.5, "m", None),
    ("最高补3万元。", "3万元", 30000, None, 30000, "元", "le", "money", "yuan", 30000, "CNY", None),
    ("至多5人。", "5人", 5, None, 5, "人", "le", "count", "人", 5, "1", None),
    ("不到10分钟。", "10分钟", 10, None, 10, "分钟", "lt", "duration", "minute", 600, "s", None),
    ("不足2%。", "2%", 2, None, 2, "%", "lt", "percent", "per cent", 0.02, "1", None),
    ("比分67:65。", "67:65", None, None, None, "", "eq", "rate", None, None, None, None),
    ("以2.7:56.8:40.5。", "2.7:56.8:40.5", None, None, None, "", "eq", "rate", None, None, None, None),
    ("316件(套)。", "316件(套)", 316, 316, 316, "件(套)", "eq", "count", "件", 316, "1", None),
    ("两大板块。", "两大", 2, 2, 2, "", "eq", "count", None, None, None, None),
    ("从三方面发力。", "三方面", 3, 3, 3, "方面", "eq", "count", "方面", 3, "1", None),
    ("10个工作日。", "10个工作日", 10, 10, 10, "个工作日", "eq", "duration", "working day", None, None, None),
    ("3个月。", "3个月", 3, 3, 3, "个月", "eq", "duration", "month", 7889238, "s", None),
    ("位列全市第6名。", "第6名", 6, 6, 6, "名", "eq", "rank", "名", 6, "1", None),
    ("居全省第二位。", "第二位", 2, 2, 2, "位", "eq", "rank", "位", 2, "1", None),
    ("300美元。", "300美元", 300, 300, 300, "美元", "eq", "money", "US dollar", None, None, None),
    ("500千瓦时。", "500千瓦时", 500, 500, 500, "千瓦时", "eq", "other", "kilowatt hour", 1800000000, "J", None),
    ("2.5吨。", "2.5吨", 2.5, 2.5, 2.5, "吨", "eq", "mass", "tonne", 2500, "kg", None),
    ("3.5‰。", "3.5‰", 3.5, 3.5, 3.5, "‰", "eq", "rate", "per mille", 0.0035, "1", None),
    ("5个百分点。", "5个百分点", 5, 5, 5, "个百分点", "eq", "percent", "percentage point", 0.05, "1", None),
    ("7折。", "7折", 7, 7, 7, "折", "eq", "other", "discount to tenths", 0.7, "1", None),
    ("75折。", "75折", 75, 75, 75, "折", "eq", "other", "discount to tenths", 0.75, "1", None),
    ("一刻钟。", "一刻钟", 1, 1, 1, "刻钟", "eq", "duration", "quarter of an hour", 900, "s", None),
    ("三天三夜没合眼。", "三天三夜", 3, 3, 3, "天", "eq", "duration", "day", 259200, "s", None),
    ("1毫克。", "1毫克", 1, 1, 1, "毫克", "eq", "mass", "milligram", 1e-06, "kg", None),
    ("100毫升。", "100毫升", 100, 100, 100, "毫升", "eq", "volume", "millilitre", 0.0001, "m3", None),
    ("发烧39度。", "39度", 39, 39, 39, "度", "eq", "other", "degree Celsius", 39, "degC", None),
    ("年发电12万度。", "12万度", 120000, 120000, 120000, "度", "eq", "other", "kilowatt hour", 432000000000, "J", None),
    ("转了180度。", "180度", 180, 180, 180, "度", "eq", "other", "degree", None, None, None),
    ("一斤三两。", "一斤三两", 13, 13, 13, "两", "eq", "mass", "liang", 0.65, "kg", None),
    ("50元6角三分。", "50元6角三分", 5063, 5063, 5063, "分", "eq", "money", "fen", 50.63, "CNY", None),
    ("4吨多。", "4吨多", 4, 4, None, "吨", "gt", "mass", "tonne", 4000, "kg", None),
    ("长12公里。", "12公里", 12, 12, 12, "公里", "eq", "length", "kilometre", 12000, "m", None),
    ("宽3.5米。", "3.5米", 3.5, 3.5, 3.5, "米", "eq", "length", "metre", 3.5, "m", None),
    ("水深15厘米。", "15厘米", 15, 15, 15, "厘米", "eq", "length", "centimetre", 0.15, "m", None),
    (
        "库容2亿立方米。",
        "2亿立方米",
        200000000,
        200000000,
        200000000,
        "立方米",
        "eq",
        "volume",
        "cubic metre",
        200000000,
        "m3",
        None,
    ),
    ("日产5000立方米。", "5000立方米", 5000, 5000, 5000, "立方米", "eq", "volume", "cubic metre", 5000, "m3", None),
    ("种了7分地。", "7分", 7, 7, 7, "分", "eq", "area", "tenth of a mu", 466.666667, "m2", None),
    ("每斤3块5。", "3块5", 3.5, 3.5, 3.5, "块", "eq", "money", "yuan", 3.5, "CNY", "斤"),
    ("花了20块钱。", "20块", 20, 20, 20, "块", "eq", "money", "yuan", 20, "CNY", None),
    ("工资每月4500元。", "4500元", 4500, 4500, 4500, "元", "eq", "money", "yuan", 4500, "CNY", "月"),
    ("人均纯收入1.8万元。", "1.8万元", 18000, 18000, 18000, "元", "eq", "money", "yuan", 18000, "CNY", "人"),
    ("每车装30吨。", "30吨", 30, 30, 30, "吨", "eq", "mass", "tonne", 30000, "kg", "车"),
    (
        "时速80公里/小时。",
        "80公里/小时",
        80,
        80,
        80,
        "公里/小时",
        "eq",
        "rate",
        "kilometre per hour",
        22.2222222,
        "m/s",
        "小时",
    ),
    (
        "降雨量50毫米/小时。",
        "50毫米/小时",
        50,
        50,
        50,
        "毫米/小时",
        "eq",
        "rate",
        "millimetre per hour",
        1.38888889e-05,
        "m/s",
        "小时",
    ),
    ("亩产500公斤。", "500公斤", 500, 500, 500, "公斤", "eq", "mass", "kilogram", 500, "kg", "亩"),
    ("每平方米造价2000元。", "2000元", 2000, 2000, 2000, "元", "eq", "money", "yuan", 2000, "CNY", "平方米"),
    (
        "发放贷款4.5亿元。",
        "4.5亿元",
        450000000,
        450000000,
        450000000,
        "元",
        "eq",
        "money",
        "yuan",
        450000000,
        "CNY",
        None,
    ),
    ("100公斤左右。", "100公斤左右", 100, 100, 100, "公斤", "approx", "mass", "kilogram", 100, "kg", None),
    ("上百辆。", "上百辆", 100, 100, None, "辆", "ge", "count", "辆", 100, "1", None),
    ("十来天。", "十来天", 10, 10, 10, "天", "approx", "duration", "day", 864000, "s", None),
    ("二十多岁。", "二十多岁", 20, 20, None, "岁", "gt", "age", "year of age", 20, "a", None),
    ("40岁上下。", "40岁上下", 40, 40, 40, "岁", "approx", "age", "year of age", 40, "a", None),
    ("近千亩。", "千亩", 1000, None, 1000, "亩", "lt", "area", "mu", 666666.667, "m2", None),
    ("约三分之一。", "三分之一", 0.333333, 0.333333, 0.333333, "", "approx", "percent", None, None, None, None),
    ("走过了60公里。", "60公里", 60, 60, 60, "公里", "eq", "length", "kilometre", 60000, "m", None),  # no 过: over
    ("逾2万名。", "2万名", 20000, 20000, None, "名", "gt", "count", "名", 20000, "1", None),
    ("至少有20个。", "20个", 20, 20, None, "个", "ge", "count", "个", 20, "1", None),
    ("不低于90%。", "90%", 90, 90, None, "%", "ge", "percent", "per cent", 0.9, "1", None),
    ("不超过5天。", "5天", 5, None, 5, "天", "le", "duration", "day", 432000, "s", None),
    ("3公里以内。", "3公里以内", 3, None, 3, "公里", "le", "length", "kilometre", 3000, "m", None),
    ("100元以下。", "100元以下", 100, None, 100, "元", "le", "money", "yuan", 100, "CNY", None),
    ("5年以上。", "5年以上", 5, 5, None, "年", "ge", "duration", "year", 157784760, "s", None),
    ("四五十户。", "四五十户", None, 40, 50, "户", "eq", "count", "户", None, None, None),
    ("1.5万—2万人。", "1.5万—2万人", None, 15000, 20000, "人", "eq", "count", "人", None, None, None),
    ("200至300公斤。", "200至300公斤", None, 200, 300, "公斤", "eq", "mass", "kilogram", None, None, None),
    ("80后占8成。", "8成", 8, 8, 8, "成", "eq", "percent", "tenth", 0.8, "1", None),
    ("一百二十八个。", "一百二十八个", 128, 128, 128, "个", "eq", "count", "个", 128, "1", None),
    ("两万三千斤。", "两万三千斤", 23000, 23000, 23000, "斤", "eq", "mass", "jin", 11500, "kg", None),
    ("3万5千元。", "3万5千元", 35000, 35000, 35000, "元", "eq", "money", "yuan", 35000, "CNY", None),
    ("百分之二十。", "百分之二十", 0.2, 0.2, 0.2, "", "eq", "percent", None, None, None, None),
    ("千分之三。", "千分之三", 0.003, 0.003, 0.003, "", "eq", "percent", None, None, None, None),
    ("18摄氏度。", "18摄氏度", 18, 18, 18, "摄氏度", "eq", "other", "degree Celsius", 18, "degC", None),
    ("-5℃。", "-5℃", -5, -5, -5, "℃", "eq", "other", "degree Celsius", -5, "degC", None),
    ("半个月。", "半个月", 0.5, 0.5, 0.5, "个月", "eq", "duration", "month", 1314873, "s", None),
    ("半小时。", "半小时", 0.5, 0.5, 0.5, "小时", "eq", "duration", "hour", 1800, "s", None),
    ("三个半小时。", "三个半小时", 3.5, 3.5, 3.5, "个小时", "eq", "duration", "hour", 12600, "s", None),
    ("一年半。", "一年半", 1.5, 1.5, 1.5, "年", "eq", "duration", "year", 47335428, "s", None),
    ("5公顷多。", "5公顷多", 5, 5, None, "公顷", "gt", "area", "hectare", 50000, "m2", None),
    ("10台(套)。", "10台(套)", 10, 10, 10, "台(套)", "eq", "count", "台", 10, "1", None),
    ("60分贝。", "60分贝", 60, 60, 60, "分贝", "eq", "other", "decibel", 60, "dB", None),
    ("5000瓦。", "5000瓦", 5000, 5000, 5000, "瓦", "eq", "other", "watt", 5000, "W", None),
    ("220伏。", "220伏", 220, 220, 220, "伏", "eq", "other", "volt", 220, "V", None),
    ("减负1380元。", "1380元", 1380, 1380, 1380, "元", "eq", "money", "yuan", 1380, "CNY", None),
    ("一两千元。", "一两千元", None, 1000, 2000, "元", "eq", "money", "yuan", None, None, None),
    ("一年至四年。", "一年至四年", None, 1, 4, "年", "eq", "duration", "year", None, None, None),
    ("跑出10秒87。", "10秒87", 10.87, 10.87, 10.87, "秒", "eq", "duration", "second", 10.87, "s", None),
    ("送来三面锦旗。", "三面", 3, 3, 3, "面", "eq", "count", "面", 3, "1", None),
    ("比分定格在78:77。", "78:77", None, None, None, "", "eq", "rate", None, None, None, None),
    ("来了5000余游客。", "5000余", 5000, 5000, None, "", "gt", "count", None, None, None, None),
    ("一百多村民到场。", "一百多", 100, 100, None, "", "gt", "count", None, None, None, None),
    ("数百村民到场。", "数百", None, None, None, "", "approx", "count", None, None, None, None),
    ("开工4大项目。", "4大", 4, 4, 4, "", "eq", "count", None, None, None, None),
    ("学员突破万名。", "万名", 10000, 10000, None, "名", "gt", "count", "名", 10000, "1", None),
    ("他谈了三点意见。", "三点", 3, 3, 3, "点", "eq", "count", "点", 3, "1", None),
    ("带着40多号人。", "40多号", 40, 40, None, "号", "gt", "count", "号", 40, "1", None),
    ("城乡建设十个方面的变化。", "十个方面", 10, 10, 10, "个方面", "eq", "count", "个方面", 10, "1", None),
    ("等了一分半钟。", "一分半钟", 1.5, 1.5, 1.5, "分钟", "eq", "duration", "minute", 90, "s", None),
    ("一年的努力。", "一年", 1, 1, 1, "年", "eq", "duration", "year", 31556952, "s", None),
    ("1兆瓦。", "1兆瓦", 1, 1, 1, "兆瓦", "eq", "other", "megawatt", 1000000, "W", None),
]


@pytest.mark.parametrize(COLUMNS, CASES, ids=[case[0] for case in CASES])
def test_values_units_and_rates(
    text, printed, value, low, high, unit, modifier, kind, unit_name, si_value, si_unit, per
) -> None:
    (found,) = find_quantities(fold(text))
    start, end, q = found
    assert text[start:end] == printed
    assert (q.value, q.low, q.high) == (value, low, high)
    assert (q.unit, q.modifier, q.kind, q.unit_name) == (unit, modifier, kind, unit_name)
    assert (q.si_value, q.si_unit, q.per) == (si_value, si_unit, per)


def test_there_are_cases_enough_for_each_column() -> None:
    assert len({case[0] for case in CASES}) >= 100
    assert sum(case[-1] is not None for case in CASES) >= 10
    assert {case[7] for case in CASES} >= {"count", "money", "area", "mass", "duration", "age", "rank", "rate", "other"}


# ------------------------------------------------------------------------------------------------ one word, several units
@pytest.mark.parametrize(
    ("text", "unit_name", "si_unit"),
    [
        ("全年发电12万度。", "kilowatt hour", "J"),
        ("水温升到30度。", "degree Celsius", "degC"),
        ("转了180度。", "degree", None),
        ("以95.8分夺冠。", "point", None),
        ("用时3分20秒。", "second", "s"),
        ("找零3角5分。", "fen", "CNY"),
        ("门前有7分地。", "tenth of a mu", "m2"),
        ("运来20方土。", "cubic metre", "m3"),
        ("花了20块钱。", "yuan", "CNY"),
        ("搬来20块砖。", "块", "1"),
    ],
)
def test_words_around_decide_between_units(text: str, unit_name: str, si_unit: str | None) -> None:
    ((_, _, q),) = find_quantities(text)
    assert (q.unit_name, q.si_unit) == (unit_name, si_unit)


# ------------------------------------------------------------------------------------------------ what is no quantity
@pytest.mark.parametrize(
    "text",
    [
        "走进千家万户", "五社联动", "三级联动", "二十大精神", "第二届", "第三批", "首家", "一等奖", "95后", "一名医生",
        "来了一位客人", "五湖四海", "最后一公里", "一盘棋", "十大", "三大攻坚战", "两口子", "五角大楼", "一番话", "八路军",
        "“六个新城”", "四川", "登陆部队", "拾起石子", "无数个", "好几个", "www.abc123.com/456元", "https://a.cn/30%25",
        "a1234567890元@b.cn", "建党104周年", "千万别上当", "听得最多的一句话", "一天一幅", "两大锅姜汤", "新的一年", "一年四季", "三点半", "三十多了", "柳坝村7组", "两位数增长", "一波三折",
        "这两天忙着收麦", "前两天他又来了", "唯一一项赛事", "2019款轿车", "村三组的水渠", "火在2层烧起", "坠落到一层", "一天半夜", "寻找千斤顶", "四处奔走",
        "长三角多条线路", "“5·12”纪念日", "3·15晚会",
    ],
)  # fmt: skip
def test_names_slogans_ordinals_and_addresses_count_nothing(text: str) -> None:
    assert find_quantities(text) == []


def test_quantities_do_not_stand_in_times() -> None:
    text = "2024年5月3日拨付3万元。"
    assert [text[a:b] for a, b, _ in find_quantities(text, [(0, 9)])] == ["3万元"]


# ------------------------------------------------------------------------------------------------ invariants
TEXTS = st.text(
    alphabet="0123456789.,%零一二三四五六七八九十百千万亿两半几余多来约近超元亩斤米年月日天个名条次户分度第至以上内左右的每/()“”《》。,;:\n 村会点又负",
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(TEXTS, st.text(max_size=60)))
def test_any_text_gives_sound_records(text: str) -> None:
    last = 0
    for start, end, q in find_quantities(fold(text)):
        assert last <= start < end <= len(text)
        assert "\n" not in text[start:end]
        assert q.value is None or q.value in (q.low, q.high)
        assert q.low is None or q.high is None or q.low <= q.high
        last = end


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([case[0] for case in CASES]),
    st.sampled_from(["", "据悉。", "村民说:“是的。”", "今年春天。\n"]),
    st.sampled_from(["", "\n据悉", "他说。"]),
)
def test_sentences_around_change_nothing(text: str, before: str, after: str) -> None:
    alone = find_quantities(fold(text))
    moved = find_quantities(fold(before + text + after))
    shift = len(before)
    assert [(a + shift, b + shift, q) for a, b, q in alone] == moved


@settings(max_examples=200, deadline=None)
@given(st.integers(2, 10**9), st.sampled_from(["亩", "元", "公斤", "米", "次", "名"]))
def test_a_printed_number_keeps_its_value(number: int, unit: str) -> None:
    for printed in (f"{number}", f"{number:,}"):
        text = f"共有{printed}{unit}。"
        ((start, end, q),) = find_quantities(text)
        assert (text[start:end], q.value, q.unit) == (printed + unit, number, unit)


@pytest.mark.parametrize(
    "piece", ["1", "一", "千", "百", "1,", "一百零", "3至", "几", "1:", "“1", "第1", "半", "1.", "三四"]
)
def test_long_runs_take_no_more_than_linear_work(piece: str) -> None:
    """A pattern that blew up would not come back from a run like this."""
    assert isinstance(find_quantities(piece * 20_000), list)
