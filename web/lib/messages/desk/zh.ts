import type { Translation } from "../../messages.ts";
import type { en } from "./en.ts";

export const zh: Translation<typeof en> = {
	title: "登记",
	banner: "此页面仅用于演示",
	banner_text:
		"在真实的城市里，没有人可以自己写入登记册。请勿使用他人的信息。" +
		"演示结束后数据随之删除。",
	heading: "将自己写入登记册",
	intro:
		"您会得到一个身份号码，凭此号码和您的人脸即可领卡。可以使用虚构的姓名。",
	optional: "可不填",
	locality: "出生地",
	field_missing: "请填写此项。",
	portrait: "照片",
	portrait_hint: "正面，光线均匀，画面中没有其他人。",
	portrait_missing: "需要一张照片。",
	use_camera: "使用摄像头",
	use_file: "选择图片",
	camera_starting: "正在打开摄像头。如浏览器询问，请选择允许。",
	camera_label: "您的摄像头画面（镜像）",
	shoot: "拍照",
	failure_no_camera: "没有找到摄像头。",
	failure_no_camera_next: "请连接摄像头，或选择一张图片。",
	failure_camera_refused: "浏览器没有获得使用摄像头的许可。",
	failure_camera_refused_next: "请在地址栏中允许，或选择一张图片。",
	failure_camera_busy: "摄像头正被其他程序占用。",
	failure_camera_busy_next: "请关闭该程序后再试，或选择一张图片。",
	failure_file: "无法读取这张图片。",
	failure_file_next: "请选择 JPEG 或 PNG 文件。",
	send: "写入登记册",
	sending: "正在写入…",
	done: "您已写入登记册",
	done_text: "请记下号码，下一页需要填写。",
	your_number: "您的身份号码",
	your_name: "您登记的姓名",
	get_card: "领取身份卡",
	another: "为另一人登记",
};
