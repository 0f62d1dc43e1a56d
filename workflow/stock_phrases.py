"""Stock phrases: words and phrases that fill a box without saying anything, in one place.

A clause is stock when it consists of these alone; a clause with any other word counts with all its characters, so
"已落实" is stock and "已落实低保" is not.  `tests/test_text_content.py` tries each.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: That there is nothing, that it is fine, that it was seen, that it is as before; also laughter.
NOTHING = _words("""
没有 暂无 无内容 内容无 无 没问题 没 没有问题 无问题 无意见 没意见 无异议 没有异议 无变化 略 空 测试 不详 不清楚 不知道
无情况 没情况 暂无情况 无此情况 无特殊情况 无其他 其他无 无新增 暂无新增 不适用 不涉及 没事 没事了 没啥 没什么 随便 测试一下
凑字数 占位 占位符 待定 待补 待补充 后补 再说 不懂 啥 什么 已阅知 已知晓 同上月 同上季度 与上月相同 与上期相同
照办 照此办理 遵照执行 阅知 知晓 好了 呵呵哒
未知 很好 好的 好 好滴 可以 行 是的 是 否 对 对的 嗯 恩 哦 啊 呃 嗯嗯 哈 呵 嘿 嘻 阅 已阅 收到 已收到 收悉 知道了 知道 知悉 已知悉
了解 明白 谢谢 辛苦了 同意 拟同意 一切正常 正常 同上 同前 如上 如前 见上 见附件 详见附件 如题
none nil null na nothing test todo tbd no yes ok okay good fine same asabove seeabove seeattached agree agreed
foo bar foobar lorem loremipsum nope nah ditto whatever sir asrequired asdiscussed noproblem nocomment looksgood
approved received noted understood thanks thankyou haha hehe lol
""")
#: What is claimed without saying what was done.
CLAIMS = _words("""
落实 完成 整改 办结 办理 处理 解决 到位 完毕 执行 实施 开展 推进 改正 纠正 落地 见效 跟进 结束 搞定
落实好 完成好 办 核实 核查 检查 确认 无误 处置 弄好 办好 搞好 做好 做到位 改好
加强 加快 加大 强化 推动 确保 抓好
done finished completed complete resolved solved handled implemented fixed processed dealtwith inprogress
""")
#: Slogans, which fit any matter.
SLOGANS = _words("""
加强领导 加强组织领导 组织领导 高度重视 领导重视 提高认识 提高站位 提高政治站位 统一思想 统一认识 强化措施 强化责任 压实责任
明确责任 明确分工 明确目标 精心组织 周密部署 全面部署 精心部署 统筹协调 统筹推进 加强协调 加强沟通 加强管理 加强监管
加强督查 加强督促 加强学习 加强宣传 加大力度 加大工作力度 加快进度 加快推进 形成合力 齐抓共管 常抓不懈 狠抓落实 抓好落实
真抓实干 务求实效 取得实效 取得成效 成效明显 成效显著 效果良好 效果明显 总体良好 情况良好 进展顺利 进展良好 再接再厉
立行立改 即知即改 立整立改 全力以赴 举一反三 下一步 长期坚持 压茬推进 列账督办 不折不扣 落细落实 落到实处
strengthenleadership payattention attachimportance makeeveryeffort
""")
#: Words that only join or stress; alone they are no stock clause ("在工作" says where somebody is).
FILLERS = _words("""
认真 积极 切实 扎实 全面 全力 进一步 严格 及时 尽快 尽力 尽早 抓紧 立即 马上 继续 持续 不断 大力 深入 稳步 有序 顺利 按时 按期
按要求 按规定 按照要求 按照规定 根据要求 依法 依规 依法依规 妥善 圆满 经
已 已经 均 均已 都 全部 全 基本 正 正在 在 将 会 要 予以 进行
工作 任务 问题 措施 责任 情况 相关 有关 各项 此项 该 此 本 我们 我 我单位 我镇 我局 和 与 并 且 的 了 地 得
过 中 后 把
it is was has been have had are all we will be the this that already everything task work duly please
""")
#: The name of the box or of the paper, typed into it; only as a whole clause ("没有答复" says something).
ECHOES = _words("""
原因 理由 说明 答复 回复 已回复 已答复 答复如下 回复如下 如下 内容 备注 其他 请审阅 请查收 请批示 请领导批示 请阅 请知悉
reason reply answer text other content pleasesee pleaseadvise
""")
#: Words of NOTHING that deny; with an English claim they say something ("nothing done").
DENIALS = _words("no none nil null na nothing")
#: Particles that change no sentence.
PARTICLES = _words("啊 呀 呢 吧 嘛 啦 哦 哈 喔 哟")
#: What fingers type that want to be done with a box, by a Chinese input method and by rows of the keyboard.
MASH = _words("""
阿斯顿 阿斯顿发 阿斯顿发送 啊实打实 啊实打实的 啊手动阀 撒旦 撒旦法 撒地方 阿萨德 发的是 去我饿 驱蚊器
""")
KEYBOARD_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "poiuytrewq", "lkjhgfdsa", "mnbvcxz", "abcdefg")
