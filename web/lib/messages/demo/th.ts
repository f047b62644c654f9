import type { Translation } from "../../messages.ts";
import type { en } from "./en.ts";

export const th: Translation<typeof en> = {
	title: "กล้องเสมือน",
	what: "กล้องที่ไม่ใช่กล้องจริง มีเฉพาะในการสาธิต",
	warning:
		"ภาพตัวอย่างถูกวางลงบนศีรษะจำลองที่ขยับได้ หน้าข้าง ๆ " +
		"จะคิดว่าเป็นกล้องจริง ทุกหน้าก็เช่นกัน " +
		"ระบบจริงต้องคาดว่าจะเจอกล้องแบบนี้ " +
		"และต้องไม่พึ่งใบหน้าเพียงอย่างเดียว",
	screen: "ภาพจากกล้องเสมือน",
	auto: "ทำตามที่หน้าเว็บขอ",
	moves: "ท่าทาง",
	pose_turn_left: "หันซ้าย",
	pose_turn_right: "หันขวา",
	pose_open_mouth: "อ้าปาก",
	pose_come_closer: "เข้าใกล้",
	pose_neutral: "มองตรง",
	picture: "ใครอยู่หน้ากล้อง",
	covered: "ไม่มีใคร: ปิดเลนส์",
	pages: "หน้าที่ใช้กล้องนี้",
	page_wallet: "กระเป๋าบัตร",
	page_enrol: "ลงทะเบียน",
};
