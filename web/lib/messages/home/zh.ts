import type { Translation } from "../../messages.ts";
import type { en } from "./en.ts";

export const zh: Translation<typeof en> = {
	title: "身份，掌握在自己手中",
	lead: "把身份卡放进手机，只出示对方需要的内容，并清楚是谁、为什么索取。",
	origin:
		"鱼符是唐代官员的信物：一条铜鱼分为两半，两半相合，即可证明持符人的身份。",
	demo: "这是一座演示城市",
	demo_text:
		"一切都与真实城市一样运行，只是登记册很小。这里的卡在外部没有任何效力。",
	try: "五分钟体验",
	enrol: "将自己写入登记册",
	enrol_text: "姓名任意，使用您自己的摄像头。仅限演示。",
	wallet: "打开钱包，领取身份卡",
	wallet_text: "填写号码、同意、做几个头部动作，卡就是您的了。",
	check: "核验客人",
	check_text: "柜台页面：提出请求，得到可信的应答。",
	party_hotel: "酒店索取姓名、证件编号和照片，请用您的钱包应答。",
	party_cafe: "网吧只问您是否成年，其他一概不问。",
	party_bank: "银行索取开户所需的信息。",
	party_railway: "铁路索取实名车票所需的信息。",
	party_rental: "租车行核对您的准驾车型。请用驾驶证回答。",
	sample_cards: "证件",
	camera: "没有摄像头？使用虚拟摄像头",
	camera_text:
		"会动的头部模型配上示例图片，供钱包使用。它也说明了为什么不能只靠人脸。",
	samples: "登记册中的示例人物",
	samples_text: "姓名均为虚构。使用虚拟摄像头可以领取他们每个人的卡。",
	as_camera: "以此人身份体验",
	operator: "给本城市的运营者",
	operator_demo: "人脸引擎没有证书，且 [face] demo 已开启：所有凭人脸领取的卡都注明仅供演示。",
	operator_closed: "人脸引擎没有证书：无人能凭人脸领卡，所有人都会被引导到服务点。",
	operator_weights:
		"yufu 自带的网络不能在每个人群中都做到万分之一以下的误认：在新闻照片上测得，东亚姓名人群中为百分之三点八，约为最好人群的 400 倍。请安装更好的模型，测量您自己的人口，并为结果出具证书：yufu-face(1)、doc/face.md。",
	figures: "人脸核验有多可靠",
	figures_text:
		"不同人的配对中，每百万对至多有 {fmr} 对被当作同一人，最差的人群为 {group} 对。本城市接受 {max} 和 {group_max}。",
	figures_by: "测量者：{by}，{data}；有效至 {until}。",
	figures_own: "由运营者自行测量。",
	promises: "它不会做的事",
	promise_1: "从不在人群中搜索人脸：只应本人请求，一人对一张照片。",
	promise_2: "不保存摄像头画面，也不记录您在哪里出示过卡。",
	promise_3: "任何一方索取的信息都不能超出其登记范围。",
	promise_4: "不愿或不能使用人脸的人也不会被拒之门外：始终可以去服务点。",
};
