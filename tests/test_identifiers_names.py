"""Names, homes, employers and schools in talk: what of the corpus is found, what must be taken and what must not."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline import rooms
from pipeline.identifiers import Found, name_tagged
from pipeline.language import chinese_words
from pipeline.language.chinese_names import is_drug
from pipeline.language.homophones import consonants, sound_alike
from pipeline.language.person_tags import person_tags
from pipeline.values import Named, Register

CORPUS = Path(__file__).parent / "corpus"
PARTS = tuple(
    rooms.part("identifiers", name)
    for name in rooms.names("identifiers")
    if name.startswith(("name_", "address_")) or name in ("employer", "school")
)
XIAOMING = Named("p1", "patient", ("王小明",))


def register(*people: Named, language: str = "zh", also: tuple[str, ...] = ()) -> Register:
    return Register(language, people, (), also)


def found_in(text: str, of: Register) -> list[Found]:
    return sorted((found for part in PARTS for found in part.find(text, of)), key=lambda one: (one.start, -one.end))


def taken(text: str, *people: Named, also: tuple[str, ...] = ()) -> str:
    """The characters of a text that are found, in order; a gap between two finds is a bar."""
    covered = {at for one in found_in(text, register(*people, also=also)) for at in range(one.start, one.end)}
    runs = "".join(each if at in covered else "|" for at, each in enumerate(text))
    return "|".join(filter(None, runs.split("|")))


def corpus(language: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / f"names_{language}.jsonl").read_text("utf-8").splitlines()]


def finds_of(line: dict[str, Any]) -> set[int]:
    people = tuple(Named(one["id"], one["role"], tuple(one["names"])) for one in line.get("people", ()))
    told = Register(line["language"], people, tuple(line.get("keep", ())), tuple(line.get("also", ())))
    return {at for one in found_in(line["text"], told) for at in range(one.start, one.end)}


@pytest.mark.parametrize(
    ("language", "kind", "floor"),
    [
        ("zh", "name", 0.97),
        ("zh", "address", 0.95),
        ("en", "name", 0.97),
        ("en", "address", 0.95),
    ],
)
def test_nearly_all_names_and_homes_of_the_corpus_are_found(language: str, kind: str, floor: float) -> None:
    hits = []
    for line in corpus(language):
        covered = finds_of(line)
        for start, end, named in line["spans"]:
            if named == kind:
                hits.append(all(at in covered for at in range(start, end) if line["text"][at].isalnum()))
    assert len(hits) >= 16
    assert sum(hits) / len(hits) >= floor


@pytest.mark.parametrize("language", ["zh", "en"])
def test_ordinary_medical_talk_stays(language: str) -> None:
    clean = [line for line in corpus(language) if not line["spans"]]
    false = [line["text"] for line in clean if finds_of(line)]
    assert len(clean) > 50
    assert len(false) <= 0.03 * len(clean), false


@pytest.mark.parametrize(
    "name",
    [
        "李医生",
        "王主任",
        "老周",
        "小陈",
        "王阿姨",
        "张叔",
        "刘大爷",
        "赵女士",
        "孙先生",
        "李奶奶",
        "周姐",
        "阿强",
        "高医生",
        "欧阳医生",
    ],
)
def test_a_surname_with_a_title_is_a_name(name: str) -> None:
    assert taken(f"昨天{name}来过了。") == name


@pytest.mark.parametrize(
    "text",
    [
        "小心",
        "老年人",
        "小时",
        "老师",
        "老人家",
        "小结节",
        "小明显",
        "高血压",
        "黄疸",
        "白细胞",
        "万一",
        "石头",
        "温度",
        "安全",
        "方便",
        "江苏",
        "马上",
        "于是",
        "周三",
        "高年资医生",
        "安宫牛黄丸",
        "阿司匹林",
        "连花清瘟",
        "柏林",
        "帕金森",
        "白塞病",
        "克罗恩病",
        "霍奇金",
    ],
)
def test_what_only_looks_like_a_name_stays(text: str) -> None:
    assert taken(text) == taken(f"这个{text}，要注意。") == ""


@pytest.mark.parametrize(
    "text",
    [
        "你走多远会觉得胸口闷",
        "张仲景在伤寒论里讲得很清楚",
        "卡住了海姆立克怎么做跟着我学",
        "疫苗是零一六个月打三针",
        "让伯伯看看扁桃体",
    ],
)
def test_a_question_a_schedule_and_a_doctor_of_history_are_nobody_here(text: str) -> None:
    assert taken(text) == ""


def test_a_given_name_is_called_though_it_begins_the_talk() -> None:
    assert taken("建军啊你妈这个情况还是住院吧") == "建军"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我叫张，嗯，建国", "张，嗯，建国"),
        ("我叫张嗯建国，今年六十", "张嗯建国"),
        ("她叫欧阳，那个，秀兰。", "欧阳，那个，秀兰"),
        ("我叫张……伟", "张……伟"),
        ("我叫张嗯建国好的您坐", "张嗯建国"),
        ("孩子叫Coco，今年三岁", "Coco"),
        ("我叫He Xiaoman", "He Xiaoman"),
        ("我叫HE XIAOMAN", "HE XIAOMAN"),
        ("我叫张，医生给我看看", ""),
        ("我叫李，嗯，来复查", ""),
        ("她叫张，建军节那天来的", ""),
        ("我们都叫Barrett食管，这个叫Holter", ""),
        ("我叫CT室的人来", ""),
    ],
)
def test_a_name_may_be_said_with_a_pause_or_in_latin_letters(text: str, name: str) -> None:
    assert taken(text) == name


def test_an_announced_name_may_have_any_characters() -> None:
    assert taken("我叫于曷，挂的是三号。") == "于曷"
    assert taken("我叫了救护车，叫什么名字来着？") == ""
    assert taken("免贵姓卢。") == "卢"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("王建国去医院了", "王建国"),
        ("张伟的病好了", "张伟"),
        ("我儿子陈浩然今年上大学", "陈浩然"),
        ("王芳腰疼三天", "王芳"),
        ("叫一下张桂花", "张桂花"),
        ("秀兰你躺好", "秀兰"),
        ("我叫阿卜杜热合曼", "阿卜杜热合曼"),
        ("Dr. Okonkwo's clinic is on Thursday", "Dr. Okonkwo"),
        ("Mr Smith's test results came back", "Mr Smith"),
        ("Sarah's fracture is healing", "Sarah"),
        ("Professor van der Berg operated", "Professor van der Berg"),
        ("Kwame Nkrumah Mensah needs a scan", "Kwame Nkrumah Mensah"),
        ("Xiulan is here with her son", "Xiulan"),
        ("Jose\u0301 Garci\u0301a is waiting", "Jose\u0301 Garci\u0301a"),
    ],
)
def test_what_is_said_behind_a_name_does_not_save_it(text: str, name: str) -> None:
    assert taken(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "Smith's fracture",
        "the Thomas splint",
        "Cauda Equina is a place",
        "吴孟超医学奖",
        "邵逸夫医院",
        "罗森改良量表",
        "让健康陪伴你",
    ],
)
def test_a_thing_that_is_called_after_somebody_stays(text: str) -> None:
    assert taken(text) == ""


def test_the_name_of_a_hospital_stays_though_a_person_is_in_it() -> None:
    assert taken("在邵逸夫医院和李惠利医院都看过。") == ""


# --- the case's people ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "王小明",
        "汪晓鸣",
        "王 小 明",
        "王，小明",
        "王\n小明",
        "小明",
        "WANG XIAOMING",
        "Wang, Xiao-Ming",
        "Xiaoming Wang",
        "wang^xiaoming",
    ],
)
def test_a_name_of_the_case_is_known_in_every_form(written: str) -> None:
    text = f"今天{written}，来复查。"
    finds = [one for one in found_in(text, register(XIAOMING)) if one.person == "p1"]
    assert any(one.start <= 2 and one.end >= 2 + len(written) for one in finds)


@pytest.mark.parametrize("listed", ["嘟拉女士", "嘟拉妈妈", "患者嘟拉", "姓名：嘟拉", "病人嘟拉小朋友"])
def test_who_is_listed_with_a_title_is_known_without_it(listed: str) -> None:
    assert taken("让嘟拉躺下，片子给我", Named("p1", "patient", (listed,))) == "嘟拉"


def test_a_surname_with_a_title_is_no_name_without_it() -> None:
    assert taken("这一张片子，看方向", Named("p1", "patient", ("张女士", "方大姐"))) == ""


def test_part_of_another_word_is_no_given_name() -> None:
    assert taken("症状比上次小明显。", XIAOMING) == ""


def test_a_name_that_is_a_common_word_is_not_searched_by_its_sound() -> None:
    happy = Named("p1", "patient", ("高兴",))
    assert taken("高兴，轮到你了。", happy) == "高兴"
    assert taken("搞形式没有用，稿型也不对。", happy) == ""


def test_talk_that_sounds_like_a_name_stays() -> None:
    assert taken("你是一个人来的吗？", Named("p1", "patient", ("李诗怡",))) == ""
    assert taken("结果不太理想。", Named("p1", "patient", ("李想",))) == ""
    assert taken("我叫理想。", Named("p1", "patient", ("李想",))) == "理想"


def test_an_english_name_is_known_in_another_spelling() -> None:
    katherine = Named("p2", "patient", ("Katherine Holt",))
    assert taken("Please ask Kathryn Holt to come.", katherine) == "Kathryn Holt"
    assert taken("the film of holt", katherine) == "holt"
    assert taken("please halt the infusion", katherine) == ""


def test_a_name_that_is_an_english_word_needs_a_capital() -> None:
    grant = Named("p3", "patient", ("Will Grant",))
    assert taken("will you grant me a minute? Will it hurt?", grant) == ""
    assert taken("we saw Will again, and will grant too", grant).startswith("Will")


def test_z_is_zh_and_n_is_l_only_loosely() -> None:
    assert sound_alike("刘诗雨", "牛思雨", loosely=True)
    assert not sound_alike("刘诗雨", "牛思雨", loosely=False)
    assert not sound_alike("王小明", "王小", loosely=True)
    assert consonants("Stephen") == consonants("Steven")


# --- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("家住荣县双古镇。", "荣县双古镇"),
        ("我是荣县人。", "荣县"),
        ("从双古镇来的。", "双古镇"),
        ("我是柳林村三组的。", "柳林村三组"),
        ("我是北京的，退休了。", "北京"),
        ("地址是中山路一百二十号三栋二单元五零一", "中山路一百二十号三栋二单元五零一"),
        ("I live at 12 Baker Street now", "12 Baker Street"),
        ("i live in springfield with my dog", "springfield"),
    ],
)
def test_a_home_is_found(text: str, place: str) -> None:
    assert taken(text) == place


@pytest.mark.parametrize(
    "text",
    [
        "北京的专家共识是这么说的。",
        "上海研究发现，久坐的人风险更高。",
        "在荣县人民医院看过。",
        "去三号楼二楼抽血。",
        "A study from New York followed five thousand people.",
        "I live in constant pain.",
        "I'm from time to time dizzy.",
    ],
)
def test_a_place_that_is_nobodys_home_stays(text: str) -> None:
    assert taken(text) == ""


def test_employers_and_schools_are_found_only_where_they_are_asked_for() -> None:
    text = "我在红星机械厂上班，孩子在实验小学读三年级。"
    assert taken(text) == ""
    assert taken(text, also=("employer",)) == "红星机械厂"
    assert taken(text, also=("school",)) == "实验小学"
    assert taken("She goes to Lincoln Elementary School.", also=("school",)) == "Lincoln Elementary School"


# --- how it works ---------------------------------------------------------------------------------------------------


def test_ten_thousand_characters_take_less_than_two_seconds() -> None:
    people = tuple(
        Named(f"p{n}", "patient", (name,)) for n, name in enumerate(("王小明", "张慧", "Katherine Holt", "欧阳雪"))
    )
    lines = [line["text"] for language in ("zh", "en") for line in corpus(language)]
    text = "\n".join(lines * 10)[:10_000]
    taken("预热", *people)
    began = time.process_time()
    assert found_in(text, register(*people))
    assert time.process_time() - began < 2


def test_no_dictionary_is_cached_where_others_could_plant_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "jieba.cache").write_bytes(b"planted")
    chinese_words._dictionary.cache_clear()
    chinese_words.tokens.cache_clear()
    assert [word.text for word in chinese_words.tokens("糖尿病患者")] == ["糖尿病", "患者"]
    assert [one.name for one in tmp_path.iterdir()] == ["jieba.cache"]
    assert (tmp_path / "jieba.cache").read_bytes() == b"planted"
    assert logging.getLogger("jieba").level >= logging.WARNING


def test_the_dictionary_is_loaded_only_when_it_is_needed() -> None:
    imports = "import sys\nfrom pipeline.language import chinese_words, identifying\n"
    code = imports + "print({'jieba', 'pypinyin'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("麻烦叫一下白洁", "白洁"),
        ("高峰的爱人在门口等着", "高峰"),
        ("黎明，进来吧", "黎明"),
        ("靳东腰疼了三个月", "靳东"),
        ("胖墩，过来", "胖墩"),
        ("老于头走的时候", "老于头"),
        ("玛丽娜嫁到中国八年了", "玛丽娜"),
        ("okay frank squeeze my hand", "frank"),
        ("penny says it hurts more at night", "penny"),
        ("Dominika fell down the stairs.", "Dominika"),
    ],
)
def test_a_word_is_a_name_where_talk_speaks_of_a_person(text: str, name: str) -> None:
    assert taken(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "请安静",
        "明天来了再说",
        "关节的片子看了",
        "温水送服",
        "水平的检查",
        "那个戴眼镜的大夫",
        "will it hurt",
        "Don't lift it.",
    ],
)
def test_a_word_stays_where_talk_speaks_of_nobody(text: str) -> None:
    assert taken(text) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [("从县医院转过来的那个关启明", "关启明"), ("老于头走的时候特别安详", "老于头"), ("晓雯妈妈在外面等着", "晓雯")],
)
def test_the_network_knows_characters_of_names_and_none_of_other_words(text: str, name: str) -> None:
    at = text.index(name)
    within = person_tags(text).within
    assert within.shape == (len(text),)
    assert within[at : at + len(name)].min() > 0.1
    assert np.delete(within, range(at, at + len(name))).max() < 0.1


def test_the_network_is_not_believed_without_a_place_for_a_person() -> None:
    """It is sure of this drug; what stands around it is not what stands around people."""
    assert person_tags("曲安奈德").within.min() > 0.5
    assert not list(name_tagged.find("注射曲安奈德以后", register()))
    assert [(one.start, one.end) for one in name_tagged.find("卡里姆从那边来留学", register())] == [(0, 3)]


def test_the_network_reads_no_sentence_like_another() -> None:
    """A text is read sentence by sentence, so that what is said before and behind changes nothing."""
    alone, beside = person_tags("白洁来复查了。"), person_tags("今天下雨。白洁来复查了。好！")
    assert np.allclose(beside.within[5:12], alone.within, atol=1e-5)
    assert person_tags("").within.shape == (0,)
    assert person_tags("İpek来了").within.shape == (6,)  # of which the first letter becomes two in small letters


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("现在跟儿子住长沙", "长沙"),
        ("退休以后住成都呢", "成都"),
        ("快递寄到南昌市青云谱区洪都新村15栋401室", "南昌市青云谱区洪都新村15栋401室"),
        ("他是于都县岭背镇的", "于都县岭背镇"),
        ("我们小区叫锦绣江南", "锦绣江南"),
        ("小区是翡翠天辰三号楼，电梯坏了", "翡翠天辰三号楼"),
    ],
)
def test_a_home_is_found_behind_little_that_says_so(text: str, place: str) -> None:
    assert taken(text) == place


@pytest.mark.parametrize(
    "text",
    [
        "他一直住广东",
        "我爸住中国",
        "他从德国来的",
        "她是泰国人",
        "他住县城",
        "我们小区叫做核酸",
        "我住院三天了",
        "现在住养老院",
        "小区叫什么名字",
        "小区是封闭的",
        "钱都花完了，药都安全",
    ],
)
def test_where_millions_live_or_nothing_is_named_no_home_is_found(text: str) -> None:
    assert taken(text) == ""


@pytest.mark.parametrize(
    "text", ["这位老寿星身体真好", "大王子的故事", "老祖宗传下来的", "米诺地尔涂了两个月", "这个叫米诺地尔，每天涂两次"]
)
def test_old_people_tales_and_drugs_are_nobody(text: str) -> None:
    assert taken(text) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [("小王子宫肌瘤三公分", "小王"), ("老张开刀了", "老张"), ("我叫王西林", "王西林")],
)
def test_a_person_stays_one_before_a_word_and_with_the_end_of_a_drug(text: str, name: str) -> None:
    assert taken(text) == name


def test_a_person_whose_name_ends_like_a_drug_is_none() -> None:
    assert all(map(is_drug, ("米诺地尔", "阿托伐他汀")))
    assert not any(map(is_drug, ("阿布都卡地尔", "王西林", "欧阳西林")))


@pytest.mark.parametrize(
    "text",
    [
        "告诉公司会计报销的事",
        "让单位人事科盖章",
        "谢谢公安帮忙找到家属",
        "我姐姐在黄石上班",
        "他女儿在江苏上学",
        "把水晶取出来换新的",
    ],
)
def test_what_everybody_speaks_of_is_nobody_where_a_person_could_stand(text: str) -> None:
    assert taken(text) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("通知金花来取报告", "金花"),
        ("告诉高阳下周复查", "高阳"),
        ("把石头叫过来", "石头"),
        ("把豆豆抱过来", "豆豆"),
        ("白洁在武汉上班", "白洁"),
        ("现在张伟住院了", "张伟"),
    ],
)
def test_a_word_that_is_seldom_said_or_a_person_who_is_sent_for_is_a_name(text: str, name: str) -> None:
    assert taken(text) == name


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("我住和平路临五号", "和平路临五号"),
        ("他住红旗路北延长线二十六号", "红旗路北延长线二十六号"),
        ("我家住民主西街丙六号", "民主西街丙六号"),
        ("地址是青年路四十号附3号", "青年路四十号附3号"),
        ("她住光明街附近", "光明街"),
        ("在附属二院三号楼抽血", ""),
    ],
)
def test_a_door_may_be_a_further_one_or_lie_on_a_longer_road(text: str, home: str) -> None:
    assert taken(text) == home


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("She lives at 88 East 52nd Street, Apt 4", "88 East 52nd Street, Apt 4"),
        ("our shop is 310 S. 8th Ave.", "310 S. 8th Ave."),
        ("send it to 7 NW 23rd Place", "7 NW 23rd Place"),
        ("he came in 2nd place", ""),
        ("Come on the 3rd, St. Patrick's is closed", ""),
    ],
)
def test_a_street_may_be_called_by_its_number(text: str, home: str) -> None:
    assert taken(text) == home
