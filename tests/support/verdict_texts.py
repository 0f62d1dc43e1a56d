"""Verdict texts: what says only that something was approved, passed or is in order, or names only a unit, a document, a
ticket; and honest short texts in the same words, which say of what, why, or that it is not so.
"""

#: A verdict, an object of procedure, both, or the bare name of a unit, a document or a ticket.
VERDICTS_ALONE = """
同意申请
同意该申请
同意上报
同意其申请
经审核同意申请
批准
已批准
予以批准
领导已批准
申请已批准
申请已通过
审批通过
审批手续已通过
审批手续完备
手续齐全
手续完备
验收
验收合格
已验收
已通过验收
经验收合格
经验收，合格
初验合格
复验合格
验收结果合格
验收手续齐全
台账齐全
台账完备
台账已建立
台账资料齐全完备
档案齐全
资料齐全，程序合规
程序合法合规
附件齐全
证明材料齐全
佐证材料齐全有效
图片资料已上传
情况正常
各项情况正常
运行正常
情况真实
情况属实，予以通过
情况属实，准予办结
已整改到位，符合要求
已整改到位，申请销号
整改合格
整改已通过验收
已按整改方案整改到位
已按整改要求整改完成，验收合格
符合办结条件
符合销号标准
符合验收标准
达到验收标准
达到整改要求，同意销号
报告已提交
报告已上报
方案已制定
方案已报批
结论：合格
意见：同意
审核意见：同意
核实结果：属实
无误，同意
准予
准予通过
核准
受理
已受理
申请已受理
华扶组〔2018〕16号
粤府办〔2018〕3号
按华府办发〔2018〕12号文件执行
见华扶组〔2018〕16号文件
根据五华办〔2018〕7号文件精神
《五华县脱贫攻坚实施方案》
详见《整改报告》
文号：华扶〔2018〕20号
2018-000123
工单2018-000123
工单号：2018-000123
见工单2018-000123
见五华府办〔2026〕3号会议纪要
合同齐全
名单已报送
编号20181203
2018年12月3日，验收合格
2018年第3号文件
县水务局
五华县民政局
县扶贫办
水寨镇
水寨镇人民政府
县人力资源和社会保障局
县住房和城乡建设局
河东村村民委员会
县水务局，县民政局
水寨镇政府，已落实
县水务局已落实
application approved
the application is approved
approved as per application
inspection passed
acceptance passed
passed the inspection
acceptance check completed, qualified
ledger complete
the ledger is complete and in order
all documents are in order
documents complete and valid
all files complete
formalities complete
procedure followed
records verified
everything in order
condition normal
running normally
normal
meets the requirements
meets all requirements
requirements met
criteria met
complies with the rules
in compliance with regulations
Water Affairs Bureau
County Poverty Alleviation Office
No. 16 [2018]
Hua Fu Zu [2018] No. 16
ticket 2018-000123
see ticket 2018-000123
report submitted
已清零
动态清零
整改到位，问题清零
已核销
无遗留问题
已落实到位，群众满意度高
圆满完成年度目标任务
超额完成任务
下不为例
以后注意
感谢领导关心
照章办事
一切按部就班
已督促相关单位落实
转相关部门处理
我单位高度重视，立即组织整改，现已完成
已经落实到人
形成闭环
ticket closed
the issue is closed
work is ongoing
pending
under control
taken care of
done by the bureau
to be determined
will follow up
everything is on track
no further action
""".strip().splitlines()

#: The same words with what they are about, with a reason, or denied.
HONEST_WITH_VERDICTS = """
管道已换新，12月3日通水
户主王某已住进新房
水管验收合格，已通水
危房改造验收合格，已入住
验收不合格
验收未通过
未验收
还没验收
验收时发现漏水
不同意申请
不同意上报，缺发票
未批准
未获批准
申请被退回
申请材料缺户口本
申请人已去世
申请低保被拒
没有台账
无台账
台账缺失
台账不齐
台账缺第三季度
台账被水泡了
台账与户数不符
补办房产证
手续没办完
手续缺公章
资料丢失
资料不全
档案遗失
方案未通过
方案被否
村民不认可方案
户主已签字认可
同意搬迁
同意住院
同意易地安置
户主同意拆旧房
批准贷款5万元
低保已批准
低保申请已通过
残疾证批准
公示无异议，低保已发
水压正常
血压正常
供水正常
电视信号正常
孩子上学正常
路面平整，验收合格
新房通过竣工验收
水质检测合格
水质合格
不符合低保条件
收入超标，不符合条件
不属实，户主在家
情况不属实
照片不真实
整改不到位
只整改了一半
与华扶组〔2018〕16号冲突
华扶组〔2018〕16号未下发
按华扶组〔2018〕16号补发1200元
与工单2018-000123重复
同2018-000123，同一户
见《危房改造协议》，已拆旧房
县水务局未回复
县水务局12月3日派人修泵
转县民政局
不属县水务局职责
属县民政局管
应由水寨镇办理
户籍在水寨镇
已搬到水寨镇
回河东村
人不在村
不在村
水寨镇停电
报告未交
报告数据有错
附件打不开
图片看不清
证明过期
发票未到
合同未签
合同已签
名单有误
人不见了
受理窗口关门
镇里不受理
村委已开证明
inspection failed
inspection found a leak
not accepted
not approved
no ledger
no documents
ledger missing
ledger lost in the flood
records do not match
application rejected
application withdrawn
application lacks ID card
household refuses
documents missing
wrong documents
not in order
water quality normal
water pressure normal
pipe passed the inspection
subsidy approved
loan approved
does not meet the income criteria
requirements not met
Water Affairs Bureau sent a pump
wrong bureau
the bureau did not answer
duplicate of 2018-000123
see photo of the new roof
report not handed in
其余年底前完成
施工单位未进场
党组织软弱涣散
贷款3万元未核销
资金11月20日到户
卫生院闭馆
the road is closed
water tank closed for repair
pest control done
no bureau answered
the bureau lacks money
审批中缺少低保证明
闭环管理未建，水泵失控
""".strip().splitlines()
