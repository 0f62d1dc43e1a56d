"""Stock phrases: words and phrases that fill a box without saying anything, in one place.

What is left of a clause without them, figures and days is what it says: nothing in "2018年已落实", 低保 in "已落实低保".
`workflow.text_content` has the rule, `tests/test_text_content.py` tries each word.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: That there is nothing, that it is fine, that it was seen, that it is as before; also laughter.
NOTHING = _words("""
没有 暂无 无内容 内容无 无 没问题 没 没有问题 无问题 无意见 没意见 无异议 没有异议 无变化 略 空 测试 不详 不清楚
不知道 无情况 没情况 暂无情况 无此情况 无特殊情况 无其他 其他无 无新增 暂无新增 不适用 不涉及 没事 没事了 没啥 没什么
随便 测试一下 凑字数 占位 占位符 待定 待补 待补充 后补 再说 不懂 啥 什么 已阅知 已知晓 同上月 同上季度 与上月相同
与上期相同 照办 照此办理 遵照执行 阅知 知晓 好了 呵呵哒 没有任何问题 无任何问题 无相关问题 无其他问题 暂无问题
没有意见 无情况说明 属实无异议 未知 很好 好的 好 好滴 可以 行 是的 是 否 对 对的 嗯 恩 哦 啊 呃 嗯嗯 哈 呵 嘿 嘻 阅
已阅 收到 已收到 收悉 知道了 知道 知悉 已知悉 了解 明白 谢谢 辛苦了 同意 拟同意 一切正常 正常 同上 同前 如上 如前 见上
见附件 详见附件 如题 没毛病 挺好 挺好的 都挺好 还行 不错 差不多 一切安好 一切顺利 好人好事 谢谢领导 领导辛苦
领导辛苦了 请领导审阅 特此说明 特此报告 特此回复 没有变化 没有其他情况 无其他说明 没有其他说明 无异常 没有异常
未发现问题 未发现异常 无变动 没有变动 没有补充 无补充 无遗留问题 没有遗留问题 下不为例 下次改正 以后注意 今后注意
感谢关心 感谢领导关心 情况说明如上 待领导批示 请上级协调 见上次 同上次 同上回 同前次 同以前 同之前 和上次一样
与上次一样 和上次相同 与上次相同 和以前一样 与以前一样 和之前一样 参照上次 参照前次 如前所述 照旧 照常 照常进行 老样子
还是老样子 一如既往 按老办法 按老办法办 按惯例 按惯例办 已知 已知道 请放心 放心 下次注意 问题不大 没大问题 没什么问题
看着办 特事特办 酌情 酌情处理 知道错了 下次改 到时候再说 不再赘述 同前述 待通知 听候通知 没办法 没有办法 就这样
就这样吧 种种原因 各种原因 多种原因 多方面原因 特殊原因 客观原因 主观原因 情况特殊 情况复杂 有特殊情况 因故 因事 有事
有困难 有一定困难 存在困难 困难较大 尽最大努力 认真对待 按领导意思办 新情况 新问题 没有新情况 没有新问题
没有新情况新问题 无新情况 无新问题 快好了 快了 心里有数 有数 全部好 都好
none nil null na nothing test todo tbd no yes ok okay good fine same asabove seeabove seeattached agree agreed foo bar
foobar lorem loremipsum nope nah ditto whatever sir asrequired asdiscussed noproblem nocomment looksgood received
noted understood thanks thankyou haha hehe lol hao haode meiyou shoudao yiyue wanle
""")
#: What is claimed without saying what was done.
CLAIMS = _words("""
落实 完成 整改 办结 办理 处理 解决 到位 完毕 执行 实施 开展 推进 改正 纠正 落地 见效 跟进 结束 搞定 落实好 完成好 已办
在办 正办 正在办 办了 要求办 规定办 按时办 尽快办 核实 核查 检查 确认 无误 处置 弄好 办好 搞好 做好 做到位 改好 加强
加快 加大 强化 推动 确保 抓好 属实 真实 真实有效 准确 达标 合格 合规 有效 达到要求 达到标准 符合要求 符合规定 符合标准
符合实际 通过 认可 满意 完善 提升 提高 改进 改善 贯彻 督促 安排 部署 布置 研究 关注 重视 销号 审核 核验 齐全 马上办
立即办 尽力办 符合条件 符合政策 符合程序 保证 努力 加紧 达到 批准 核准 准予 准许 审批 报批 审定 受理 验收 初验
复验 完备 齐备 完整 规范 合法 上报 提交 报送 上传 建立 制定 归档 建档 符合 满足
清零 核销 销账 闭环 办妥 办毕
联系 沟通 对接 衔接 协调 协商 商量 转办 转交 转送 转报 移交 移送 交办 交代 反馈 反映 告知 知会 转告 转达 通气 报告 汇报
请示 回访 回复 答复 抽查 查看 看过 问过 说过 说了 说好 讲过 讲了 讲好 谈过 提过 打过招呼 打招呼 录入 已登记 签字
签收 负责 到场 服从 听从 争取 注意 走访 抽检 备案 协商一致 记录在案 如实 相符 打电话 上会 批示 为准
责成 召开 按质按量 保质保量
done finished completed complete resolved solved handled
implemented fixed processed dealt checked verified confirmed improved strengthened true correct accurate valid
passed qualified met meets meet comply complies complied compliant satisfied satisfies followed submitted normal
normally running granted accepted approved authorised authorized permitted endorsed closed ongoing pending underway
properly followed contacted forwarded transferred informed notified told called phoned messaged communicated coordinated
replied discussed referred
""")
#: Slogans, which fit any matter.
SLOGANS = _words("""
加强领导 加强组织领导 组织领导 高度重视 领导重视 提高认识 提高站位 提高政治站位 统一思想 统一认识 强化措施 强化责任
压实责任 明确责任 明确分工 明确目标 精心组织 周密部署 全面部署 精心部署 统筹协调 统筹推进 加强协调 加强沟通 加强管理
加强监管 加强督查 加强督促 加强学习 加强宣传 加大力度 加大工作力度 加快进度 加快推进 形成合力 齐抓共管 常抓不懈
狠抓落实 抓好落实 真抓实干 务求实效 取得实效 取得成效 成效明显 成效显著 效果良好 效果明显 总体良好 情况良好 进展顺利
进展良好 再接再厉 立行立改 即知即改 立整立改 全力以赴 举一反三 下一步 长期坚持 压茬推进 列账督办 不折不扣 落细落实
落到实处 贯彻落实 落实责任 责任到人 统筹安排 狠抓整改 持续发力 久久为功 应改尽改 应办尽办 协调解决 多措并举 因地制宜
对标对表 群众满意 反映良好 反响良好 满意度高 群众满意度高 群众表示满意
农户满意 农户表示满意 户主满意 户主表示满意 照章办事 按部就班 时间节点
圆满完成 超额完成 目标任务 年度目标任务 动态清零 闭环管理 形成闭环 引以为戒 吸取教训
""")
#: What a procedure consists of: papers, steps, yardsticks.  With a verdict it names no matter (同意申请, 台账齐全, 验收合格);
#: where nothing is claimed it belongs to what is said (申请材料缺户口本), and denied it says something (没有台账).
OBJECTS = _words("""
申请 台账 手续 档案 报告 方案 程序 流程 结果 意见 结论 证明材料 佐证材料 证明 附件 图片 照片 记录 表格 标准 条件 要求
规定 政策 领导 工单 单号 工单号 文号 编号 运行 环节 审核意见 核实结果 验收结果 会议纪要 纪要 通知 请示 汇报 总结 报表
清单 名单 合同 协议 备注 图 前面 上文 前文 如图 如上所示 纸质 会议 你们 他们 其申请 按 见 详见 参见
系统 平台 微信 微信群 工作群 群里 群内 群 短信 电话 邮件 钉钉 粤政易 口头 书面 当面 现场 实地 领导 分管领导 主要领导
上级 上面 上头 镇里 镇上 县里 村里 局里 所里 站里 单位里 各级 对方 群众 人员 工作人员 专人 有人 负责人 责任人 经办人
承办人 联系人 同志 主任 书记 干部 镇干部 村干部 包户干部 帮扶干部 驻村干部 村书记 工作队 驻村工作队 第一书记
application applications inspection inspections acceptance check ledger ledgers file files record records document
documents paper papers paperwork formalities formality procedure procedures criteria criterion requirement
requirements rule rules regulation regulations standard standards condition conditions result results report reports
compliance order ticket number bureau office department unit wechat phone telephone sms email message messages group
leader leaders boss superior superiors colleague colleagues staff person persons official officials cadre cadres
personnel
""")
#: Words that only join or stress; alone they are no stock clause ("在工作" says where somebody is).
FILLERS = _words("""
认真 认真地 积极 切实 扎实 扎实地 全面 全力 进一步 严格 及时 尽快 尽力 尽早 抓紧 立即 马上 继续 持续 不断 大力 深入
稳步 有序 顺利 尽量 早日 争取 力争 预计 按时 按期 逐步 逐项 逐一 逐条 一并 同步 随时 妥善 圆满 有效 依法 依规 依法依规
按要求 按规定 按计划 按照要求 按照规定 根据要求 按照规定要求 按照文件要求 按照 根据 依据 结合实际 上级要求 上级部署
上级文件 文件精神 会议精神 通知精神 通知要求 已 已经 均 均已 都 都已 全 全部 基本 正在 在 将 将会 将要 也 还 又 再 就
应 需 予以 进行 得到 可以 能够 所有 一切 该 此 本 我 我们 我单位 我镇 我局 我村 我县 本单位 本村 本镇 本局 本县 贵局
贵单位 双方 大家 相关 有关 各项 此项 相应 具体 实际 主要 重要 重点 工作 任务 问题 措施 责任 情况 事项 内容 事宜 材料
资料 文件 目标 方面 环节 力度 成效 效果 效率 质量 水平 过程 阶段 上述 以上 单位 部门 组织 到人 指标 数据 完成率 达标率
整改率 按程序 按流程
专题 扶贫工作 扶贫任务 脱贫工作 脱贫任务 脱贫攻坚工作 脱贫攻坚任务 有待 更加 即可 不够扎实 不够到位
经 由 对 把 为 于 和 与 并 且 的 了 过 中 后 等 等等
""")
#: Days and times without a figure.
TIMES = _words("""
今天 今日 昨天 昨日 前天 明天 近日 近期 日前 目前 当前 现在 现已 今年 去年 明年 本年 本年度 全年 本月 上月 当月 下月
本周 上周 下周 本季度 上季度 年底 年初 年末 月底 月初 上午 下午 年底前 月底前 上半年 下半年 年内 月内 期间 期限内
规定时间内 上次 上回 前次 到时 到时候 今后 这次 本次 下次 以前 之前 先前 此前 以后 之后 稍后 随后 回头 改天 过几天 过两天
过段时间 过一阵 下月 下周
""")
#: English words that name no matter.
FUNCTION_WORDS = _words("""
a an the this that these those it its is are was were be been being am has have had having do does did we i you they
he she us our your their my me his her them all any some each every everything anything something to of in on at by
for from per with without as and or but if so then than too very just also already now soon here there will would can
could shall should may might must up out off over about into again still yet only well more most such same other both
what which who when where how why please duly work works task tasks matter matters case situation issue issues problem
problems thing things required needed attention pay paid attach importance make made effort efforts measures
responsibility leadership progress asap today yesterday tomorrow jan feb mar apr jun jul aug sep sept oct nov dec
january february march april june july august september october november december monday tuesday wednesday thursday
friday saturday sunday am pm according accordance strengthen improve ensure promote looks look see seen attached
attachment above below please thanks hello hi time plan found schedule track control action follow care taken under further
determined last previous previously before usual usually better best next carry carried necessary step steps try
""")
#: The name of the box, of the paper or of a step of the work, typed into it; only as a whole clause ("没有答复" says something).
ECHOES = _words("""
原因 理由 说明 答复 回复 已回复 已答复 答复如下 回复如下 如下 内容 备注 其他 请审阅 请查收 请批示 请领导批示 请阅
请知悉 已入户 户主签字确认 reason reply answer text other content pleasesee pleaseadvise
""")
#: What any report can speak of; with a judgement (JUDGEMENTS) and nothing besides, no matter is named: 思想上重视不够.
ABSTRACTS = _words("""
思想 认识 意识 站位 态度 作风 责任 责任心 责任感 担当 形势 局面 态势 压力 难度 强度 深度 广度 进度 进展 成绩 成果 业务 能力
素质 学习 沟通 协调 衔接 协作 谋划 机制 制度 体系 基础 监督 监管 管理 督导 指导 服务 宣传 执行力 领域 差距 不足 短板 弱项
困难 原因 因素 时间 精力 现象 程度 氛围 效能 秩序 脱贫攻坚 脱贫 扶贫 攻坚 面上 各方面 各方 主观 客观 历史 遗留 现实 合力
群众 统筹 精细化 节奏 步伐 思路 办法 方法 方式 职责 分工 目标 理解 把握 经验 矛盾
同志 政策 细节 头绪 亮点 速度 联动 上下 整合 资源 发动 跟踪 问效 底数 主体 干劲 士气 长效 情绪 主义 手段 举措 载体 抓手
渠道 关系 标准 要求 精神 部署 决策 实效 痕迹 末端 中间 梗阻 梯队 人心 观念 理念 习惯 心态 境界 格局 视野 定位 导向 重心 焦点
""")
#: Judgements: how something is, without what.
JUDGEMENTS = _words("""
平稳 稳定 良好 顺利 正常 有序 扎实 深入 深刻 细致 细 严 严格 严实 严谨 畅 顺畅 通畅 紧密 密切 及时 主动 积极 熟练 熟悉
全面 明显 显著 突出 好 高 大 强 弱 低 小 多 少 重 紧 难 快 慢 浅 松 松懈 薄弱 滞后 缓慢 复杂 艰巨 繁重 严峻 严重 充分 充足
圆满 突破 进步 上升 向好 可控 不易 来之不易 有力 有效 健全 完善 规范 清晰 明确 精准 平衡 均衡 一致 理想 欠缺 偏差 不足 不够
有待 影响 限制 制约 造成 导致 压实 狠抓 夯实 筑牢 提升 提高 增强 凝聚 树立 加强 强化 改进 改善 推进 推动 加大 加快 重视
成效 效果 进展 历史 差距 满意 发现 催促 催办 反复 应做尽做 尽责 尽职 用心 尽心 到位 落得 清楚 灵活 广泛 转变 单一 缺乏
畏难 拖拉 疲沓 敷衍 粗放 被动 牢固 牢靠 周全 周密 具体 透彻 彻底 彰显 凸显
""")
#: How names of abstract things end: 主动性, 精准度, 内生动力, 形式主义; and names of things that end so.
ABSTRACT_ENDS = _words("性 度 感 力 意识 机制 主义 情绪 精神 氛围 合力 成效 责任")
NOT_ABSTRACT = _words("""
劳动力 劳力 电力 水力 人力 财力 畜力 体力 视力 听力 智力 药力 年度 季度 月度 温度 湿度 浓度 坡度 长度 宽度 高度 厚度 深度 经度
纬度 额度 态度 流感 男性 女性 慢性 急性 恶性 良性 毒性 酸性 碱性 压力 苦力 风力 拉力 承载力
""")
#: How much, how many, how far, and what joins it to a judgement.
DEGREES = _words("""
较 较为 比较 很 非常 十分 相当 更 最 太 过于 极 极其 极为 极大 有所 有 存在 出现 仍 依然 仍然 一定 一些 有些 某些 个别 部分
少数 多数 大多 大部分 有的 诸多 许多 各种 多种 多次 一点 略 稍 稍微 总体 整体 总的来说 总的来看 总的 大体 大致 基本上
一定程度 是 因为 由于 因 受 所致 做得 做到 做 得 地 上 下 来看 来说 取得 实现 获得 呈现 保持 形成 比 去年 往年 同期 以来
去 抓 不 不太 不很 欠 偏 相对 之间 自身 尤其 特别 可 之 力 到
""")
#: Words that deny; with a claim they say something (未落实, nothing done).
DENIALS = _words("""
尚未 仍未 还未 未能 没能 没有 未 没 无 无法 不能 不会 不 难以 无人 没人 暂无 no none not never nothing nobody
""")
#: That something is lacking: with an object or a filler it says what (审批中缺材料, 手续少公章).
LACKS = _words("缺 缺少 缺失 缺乏 短缺 欠 欠缺 少 漏 丢 丢失 遗失 过期 失效 中断 不全 不齐 有误 不符")
#: Acts of one character that name no matter: nothing besides them is left of 已做, 手续在走, 打过电话了, 转有关部门.
BARE_ACTS = _words("办 做 弄 搞 干 说 讲 谈 转 发 报 交 看 问 查 录 填 走 打 听 定 完 好 跟 盯 催 去 来 记")
#: Things of one character, which with a claim say what was done: 证办好了, 水解决了.
THINGS = _words("水 电 网 路 桥 房 屋 墙 门 窗 灯 井 池 泵 管 表 证 卡 钱 款 药 病 车 田 地 林 树 牛 羊 猪 鸡 鱼 学 户")
#: That something is promised, kept off or meant to be otherwise.
PROMISES = _words("""
确保 保证 避免 杜绝 防止 预防 防范 严防 谨防 力争 争取 力戒 力求 承诺 务必 决不 绝不 不再 再不 今后 以后 下次 下一步
往后 日后 后续 力保 下步 坚决 一定 必将 必定 誓将 决不允许 绝不允许 不会 不让 不使 引以为戒 尽量 尽力
""")
#: What is promised without a matter: to be in time, and that it does not happen again.
PROMISED = _words("""
逾期 超期 超时 超限 过期 误期 脱期 误时 延期 延误 耽误 耽搁 拖延 拖拉 拖沓 拖后腿 拖欠工作 迟报 迟办 迟交 晚报 晚办
漏报 漏办 积压 滞后 推诿 扯皮 再次 再度 再犯 重犯 重复 重演 反复 反弹 发生 出现 类似 同类 同样 此类 这类 该类 这种
这样 错误 失误 疏忽 现象 行为 事件 时限 时间 期限 时效 限期 限时 准时 按时 按期 如期 提前 件件 事事 项项 次次 期期
每次 每件 一次 不 未 再 也 都 能 会 让 使 有 受 遵守 恪守 管控 把控 把握 掌握 办 报 交 答 复 犯 拖 误时限 不误期 误 零
时 件 期 工单 请 向 领导 放心 我方
""")
#: The same in English.
PROMISES_IN_ENGLISH = _words("""
ensure avoid prevent prevented promise promised again future sure guarantee guaranteed pledge won rest
""")
PROMISED_IN_ENGLISH = _words("""
delay delays delayed delaying late lateness overdue again future deadline deadlines timely time punctual happen
happens happening happened occur occurs occurring recur recurrence repeat repeated repeats similar sure never prevent
avoid ensure promise guarantee pledge kept keep meet met completion prevented won assured rest submission submitted
more
""")
#: Particles that change no sentence.
PARTICLES = _words("啊 呀 呢 吧 嘛 啦 哦 哈 喔 哟")
#: What fingers type that want to be done with a box, by a Chinese input method and by rows of the keyboard.
MASH = _words("""
阿斯顿 阿斯顿发 阿斯顿发送 啊实打实 啊实打实的 啊手动阀 撒旦 撒旦法 撒地方 阿萨德 发的是 去我饿 驱蚊器
""")
#: Characters of which phrases about work in general are made (稳步推进, 压实责任): those that stand in such phrases at least
#: twice as often as in texts about a matter (tests/support, both sorts).
JARGON = frozenset("""
一严个为举之习予事于些从以们任传体作依促偏做催充全关具决况凝切划列利别制力办加努势升协即历及反取召史各后向呼商善因围
固圆均坚增处备多大好如妥始存完定宜实客宣密对导将尽尾展干平序应底度引强当形彻很得心志快念态思总情想感懈成我战扎执把抓
持指按据推措提搞支改攻效整文既早时显晰最条松极标根此步段比毕气氛求治法满点然熟牢特狠率环班由畅的监目相看真督知破确神
积程稍稳突立策筹精素紧细织终经绩绪缓署聚致良节范落著衔衡要观规觉解认记讲识说调谋责贫贯贵距跟较达近进逐部都长问间阶际
限难零靠面项顺领题马高
""") - {"\n"}
#: Characters that name a thing, a person, a place or what happened to them: one of them, and the text is about a matter.
MATTER = frozenset("""
丢乡买井亡仓企伤伯低余侄信修倒债儿元兄兔养册冰冻函割医半卖卡印厂厅厕厨叔号司哑售园场圾址坝坡垃埋堂堵塌塔塘墙夫女奶妈
妹妻姐姑姨娃娶婆婚婴婿媳嫁嫂孕孩寡寨屋屯山岁岭师幼庄床库店庙弟户房拆招挖损换搬播断旱木杆李村果枯柜柱柴栅校栽桌桑桥梁
梅梯械棉棚椅款死殁残殖母水江池污沉沙沟油泥泵洪浊浑海涝淤淹渠湖溪漆漏灌灯灾炉炭烧焊煤父爷爸片牙牛狗猪瓜瓦田电疫疮病症
瘤瘫癌盖盲省眼矿码砌砖社票离租税稻窗站章竹笔管箱簿籍纸线缆罐网羊耳聋聘肉肝股肥育肺肾胃胎脏脱腐腿臂臭舅船苗菇菜葬薪薯
虫虾蚕蛋蜂街裂装讼证读课谷豆账贴贷费路车轮迁逝邮邻采钢钥钱钻铁铝铺锁锅锈镇闸阀院陷雇雨雪雷雾震霜频风馆骨鱼鸡鸭鸽鹅麦
黄龄
""") - {"\n"}
#: Words that name a matter of offices: what is appealed, corrected, handed over or delivered, which of two acts came first
#: (逾期后办结 is a fact, 杜绝超期 a promise), and that one was ordered twice.
MATTER_WORDS = _words("""
数据 排名 异议 划转 撤并 口令 登录 导入 材料 供应 零工 认定 撤销 立案 决定 复核 属实 审计 招标 监理 返工 指标 名单 报表 误报 调岗
调离 请假 出差 台账 核查表 名册 花名册 学籍 档案 明细 发票 清册 清单 问题户 新增户 建账
劳动力 劳力 抽调 施工 工程队 会议室 邮箱 短信 账号 密码 户籍 姓名 名字 土地 宅基 山林 药 保险 年底前 月底前
逾期后 逾期前 逾期才 超期后 超期前 超期才 督办前 催办前 签发前 督办时 督办在后 催办当天 重复督办 重复催办 单位变更 人变更
""")
