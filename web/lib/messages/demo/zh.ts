import type { Translation } from "../../messages.ts";
import type { en } from "./en.ts";

export const zh: Translation<typeof en> = {
	title: "虚拟摄像头",
	what: "没有摄像头的摄像头，仅用于演示",
	warning:
		"这里把一张示例图片贴在会动的通用头部模型上，" +
		"旁边的页面会把它当作真实的摄像头。任何页面都会如此：" +
		"真实部署必须预料到这类摄像头，不能只依靠人脸。",
	screen: "虚拟摄像头的画面",
	auto: "自动按页面提示动作",
	moves: "动作",
	pose_turn_left: "向左转",
	pose_turn_right: "向右转",
	pose_open_mouth: "张嘴",
	pose_come_closer: "靠近",
	pose_neutral: "正视前方",
	picture: "镜头前是谁",
	covered: "无人：镜头被遮住",
	pages: "使用此摄像头的页面",
	page_wallet: "钱包",
	page_enrol: "登记",
};
