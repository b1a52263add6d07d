"""How much the words on both sides of a place in Chinese talk say that a person is named there: 叫…, …腰疼, …的家属."""

from __future__ import annotations

import re

_PAUSE = r"[\s，。！？、,.!?：:；;…“”\"（）()]"
_KIN = (
    "爸爸?|妈妈?|父亲|母亲|爷爷|奶奶|姥姥|姥爷|外公|外婆|爱人|老伴|老公|老婆|丈夫|妻子|媳妇|儿子|女儿|孙子|孙女|儿媳妇?|女婿|孩子|闺女"
    "|[哥姐弟妹]{1,2}|姑姑|舅舅|叔叔|阿姨|姨妈|外甥女?|侄子|侄女|婆婆|公公|岳父|岳母"
)
_PEERS = "同事|邻居|朋友|闺蜜|战友|室友|老乡|同学|病友|对象|男友|女友|老板|学生|徒弟|搭档|护工|保姆"
_STAFF = "医生|大夫|护士|患者|病人|家属|产妇|孕妇|患儿|主任|老师|师傅|教授|学员|同志"
_WHEN = (
    "今天|昨天|昨晚|前天|明天|后天|今年|去年|前年|今早|上周|下周|这周|上个?月|下个?月|上次|下次|这次|这[两几]天|最近|现在|刚才|刚刚|早上|上午"
    "|中午|下午|晚上|夜里|半夜|当时|以前|后来|平时|已经|一直|经常|老是|总是|突然|可能|应该|好像|肯定|自己|本人|还没|马上"
)

_BEFORE = (
    (
        3,
        r"叫一下|叫一声|喊一下|喊一声|认识|名叫|叫做|姓名[:：]?|通知|转告|告诉|联系一下|陪着|扶着?|下一[个位]是?|[您你]是|我是|[这那哪]位是"
        rf"|谁是|床的?|床是|(?:{_PEERS})|(?:[我他她你您咱]|我们|你们|他们|咱们|我家)(?:{_KIN}|{_PEERS})|(?:{_KIN})叫|我叫|[他她]叫",
    ),
    (
        2,
        rf"[叫喊让找陪问等替把跟和给帮带送接劝催谢对被]|这是|那是|就是|的是|[上下]次是|是|问问|谢谢|麻烦|联系|还有|那个|(?:{_STAFF})|(?:{_KIN})",
    ),
    (1, rf"^|{_PAUSE}|的|请|这个|[了吧啊呢吗着过]|(?:{_WHEN})|那|说|而且|但是|不过|所以|因为|如果|像"),
)
"""What stands before a person's name, by how seldom it stands before anything else."""

_ADVERB = rf"(?:{_WHEN}|[也都还又就才正在老总再先没不刚要想会能可肯])*"
_BODY = (
    "[头腰腿脚手胸肩背颈胃肚眼耳鼻牙膝肝肺肾]|脖子|心脏|血压|血糖|血脂|体温|心率|肚子|膝盖|眼睛|耳朵|嗓子"
    "|脚踝|手腕|胳膊|关节|皮肤|伤口|骨头|尿"
)
_AILING = (
    "疼|痛|酸|麻|晕|肿|痒|胀|闷|发[烧热]|咳|吐|拉肚|腹泻|便秘|失眠|感冒|过敏|摔|骨折|怀孕|难受|不舒服|出血|抽筋|喘"
)
_DOES = (
    "来|去|到|走|回|说|讲|问|答|喊|哭|笑|睡|醒|吃|喝|坐|站|躺|趴|住|出院|入院|办|挂|约|交|签|看|拿|做|开|陪|送|带|帮|跟|等|姓|需要|觉得|感觉|同意"
    "|知道|认识|介绍|推荐|打|抽|量|换|拆|复查|查|检查|退|烧|爱|怕|喜欢|病|瘦|胖|结婚|上班|上学|退休|提醒|交代|告诉|照顾|嫁|搬|毕业|出生|负责|主刀|值班"
)
_OWNED = (
    "片子|报告|化验|检查|结果|病历|病|药|单子|床|手术|情况|电话|卡|医保|血|尿|号|CT|ct|核磁|磁共振|B超|心电图|胃镜|伤口|体温|材料|东西|腰|腿|头|手"
    "|脚|眼|牙|胃|心|肝|肺|肾|肚子|膝盖|血压|血糖|主治|管床|大夫|医生|名字|声音|同意|意见|家|房间|病房|轮椅"
)
_CALLED = (
    "[您你咱]|来|请|进|坐|躺|趴|站|把|张|别|慢|听|看|到|该|轮|先|这边|过来|起来|在吗|在不在|抽血"
    "|醒醒|抬|放松|深呼吸|不要|没事|好了"
)

_AFTER = (
    (
        3,
        rf"{_PAUSE}+(?:[进过]来|请[进坐]|[到该]你|[到该]您|轮到|在吗|在不在|抽血|醒醒|[你您]好)|[他她](?:{_KIN})|的?(?:{_KIN})(?![用花])|的?家属|的?家里人?|女士|先生|同志|同学|小朋友|师傅|老师|[您你](?:先|好|别|把|坐|躺|今|的|是|这|有|来|不)|今年\S{{0,4}}岁|(?:今年)?多大"
        rf"|{_ADVERB}(?:说|住几|签字|出院|住院|退休|认识|介绍|觉得|感觉|同意|知道|喜欢|怀孕|结婚|上学|上班|陪|哭|醒)|在吗|在不在|在哪[儿里]|[，,\s]{{0,2}}[男女](?:{_PAUSE}|$)|来了[没吗]|来没来",
    ),
    (
        2,
        rf"{_ADVERB}(?:{_DOES})|{_ADVERB}(?:{_AILING})|{_ADVERB}(?:{_BODY})(?:{_AILING})|的(?:{_OWNED})|{_PAUSE}+(?:{_CALLED}|{_BODY}|血)|血压|血糖|体温|心率"
        rf"|[扶叫喊]|[今昨前明][天晚年]|一(?:[次直下]|点[都也儿])|这[两几]天|[是有](?:我|你|他|谁|个)|(?:也|都|还)有|和[他她]|吗|呢",
    ),
    (1, rf"$|{_PAUSE}|的|[吧啊呀了来去在是有和跟给也都还又就没不要想会能把被让]|(?:{_WHEN})|(?:{_BODY})"),
)
"""What stands behind a person's name, by how seldom it stands behind anything else."""

_LONGEST = 8
_BEHIND = tuple((weight, re.compile(pattern)) for weight, pattern in _AFTER)
_AHEAD = tuple((weight, re.compile(f"(?:{pattern})$")) for weight, pattern in _BEFORE)


def before(text: str, start: int) -> int:
    """From 0, nothing, to 3, for sure: how much what stands before `start` calls for a person's name."""
    lead = text[max(0, start - _LONGEST) : start]
    return next((weight for weight, pattern in _AHEAD if pattern.search(lead)), 0)


def after(text: str, end: int) -> int:
    """From 0, nothing, to 3, for sure: how much what stands behind `end` calls for a person's name."""
    return next((weight for weight, pattern in _BEHIND if pattern.match(text, end)), 0)
