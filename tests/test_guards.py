"""What Whisper invents goes; what a person says stays, even when it sounds like an invention or is said three times."""

from __future__ import annotations

import pytest

from pipeline.engines import Line
from pipeline.sound import guards
from pipeline.values import Word

CREDIT = "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目"


def line(
    text: str, start_s: float = 0.0, end_s: float | None = None, *, probability: float = 0.9, **evidence: float
) -> Line:
    """A line whose characters follow one another at five a second, or fill the time given."""
    step_s = (end_s - start_s) / len(text) if end_s is not None else 0.2
    words = tuple(
        Word(start_s + n * step_s, start_s + (n + 1) * step_s, letter, probability) for n, letter in enumerate(text)
    )
    return Line(words, **evidence)


def sift(*lines: Line, prompt: str | None = None) -> tuple[list[str], list[str]]:
    kept, dropped = guards.sift(lines, silence_s=2.0, known=guards.phantoms(), prompt=prompt)
    return [one.text for one in kept], [one.text for one in dropped]


def test_a_credit_that_nobody_says_is_dropped_however_sure_the_model_is() -> None:
    assert sift(line("你好。"), line(CREDIT, 5, 10), line("字幕由 Amara.org 社区提供", 12, 16)) == (
        ["你好。"],
        [CREDIT, "字幕由 Amara.org 社区提供"],
    )


def test_a_sentence_that_only_holds_a_phantom_is_kept() -> None:
    text = "我的频道请点击订阅点赞就行"
    assert sift(line(text)) == ([text], [])


def test_thanks_are_kept_when_they_were_said_and_dropped_when_nothing_speaks_for_them() -> None:
    assert sift(line("谢谢大家。")) == (["谢谢大家。"], [])
    assert sift(line("谢谢大家。", no_speech=0.5)) == ([], ["谢谢大家。"])
    assert sift(line("谢谢大家。", probability=0.2)) == ([], ["谢谢大家。"])
    assert sift(line("谢谢大家。", 5, 25)) == ([], ["谢谢大家。"])


def test_the_glossary_read_back_is_dropped_only_with_evidence() -> None:
    prompt = "肺结节、低剂量CT。"
    assert sift(line("肺结节，低剂量CT"), prompt=prompt)[1] == []
    assert sift(line("肺结节，低剂量CT", no_speech=0.8), prompt=prompt)[0] == []


def test_what_whisper_itself_takes_for_silence_is_dropped() -> None:
    assert sift(line("嗯", no_speech=0.7, log_probability=-1.2)) == ([], ["嗯"])
    assert sift(line("嗯", no_speech=0.7, log_probability=-0.4)) == (["嗯"], [])
    assert sift(line("嗯", no_speech=0.2, log_probability=-1.2)) == (["嗯"], [])


def test_an_unlikely_line_between_two_silences_is_dropped_and_beside_speech_it_is_kept() -> None:
    odd = line("奇怪", 20, 21, probability=0.05)
    assert sift(line("你好。"), odd)[1] == ["奇怪"]
    assert sift(line("你好。", 19, 19.9), odd)[1] == []
    assert sift(odd, line("你好。", 21.5, 22))[1] == []


def test_a_number_that_a_patient_repeats_three_times_is_kept_every_time() -> None:
    said = [line("幺三八零零幺三八零零零", start, start + 3) for start in (1, 5, 9)]
    assert len(sift(*said)[0]) == 3


def test_a_loop_is_kept_once() -> None:
    loop = [line("好的。", start, start + 0.1) for start in (1, 2, 3, 4)]
    kept, dropped = sift(line("你好。"), *loop, line("再见。", 8, 9))
    assert kept == ["你好。", "好的。", "再见。"]
    assert len(dropped) == 3


def test_a_loop_inside_a_line_is_cut_after_its_first_round() -> None:
    looped = line("我们看" + "这个那个" * 9, 0, 20, compression=4.0)
    kept, dropped = sift(looped)
    assert kept == ["我们看这个那个"]
    assert dropped == ["这个那个" * 8]
    assert sift(line("我们看" + "这个那个" * 9, 0, 20))[1] == []


def test_nothing_is_lost_between_kept_and_dropped() -> None:
    lines = [
        line(text, n * 4, n * 4 + 1.5) for n, text in enumerate((CREDIT, "你好", "谢谢观看", "复查", "复查", "复查"))
    ]
    kept, dropped = guards.sift(lines, silence_s=2.0, known=guards.phantoms(), prompt=None)
    assert sorted(one.start_s for one in (*kept, *dropped)) == [one.start_s for one in lines]


@pytest.mark.parametrize("one", guards.phantoms(), ids=lambda one: one.text)
def test_every_phantom_is_caught_with_other_spaces_and_punctuation(one: guards.Phantom) -> None:
    text = f" {one.text.replace(' ', '，').upper()}！"
    assert sift(line(text, 0, 3, no_speech=0.9))[0] == []
    assert one.source
