import type { Translation } from "../../messages.ts";
import type { en } from "./en.ts";

export const th: Translation<typeof en> = {
	title: "ลงทะเบียน",
	banner: "หน้านี้มีเฉพาะในการสาธิต",
	banner_text:
		"ในเมืองจริงไม่มีใครลงทะเบียนตัวเองได้ โปรดอย่าใช้ข้อมูลของผู้อื่น " +
		"ข้อมูลจะถูกลบพร้อมกับการสาธิต",
	heading: "เพิ่มตัวคุณลงในทะเบียน",
	intro:
		"คุณจะได้เลขประจำตัว จากนั้นใช้เลขและใบหน้าของคุณเพื่อรับบัตร " +
		"ใช้ชื่อสมมติได้",
	optional: "ไม่บังคับ",
	locality: "สถานที่เกิด",
	field_missing: "โปรดกรอกช่องนี้",
	portrait: "รูปถ่าย",
	portrait_hint: "หน้าตรง แสงสม่ำเสมอ ไม่มีผู้อื่นในภาพ",
	portrait_missing: "ต้องมีรูปถ่าย",
	use_camera: "ใช้กล้อง",
	use_file: "เลือกรูปภาพ",
	camera_starting: "กำลังเปิดกล้อง หากเบราว์เซอร์ถาม โปรดอนุญาต",
	camera_label: "ภาพจากกล้องของคุณแบบกระจก",
	shoot: "ถ่ายรูป",
	failure_no_camera: "ไม่พบกล้อง",
	failure_no_camera_next: "ต่อกล้อง หรือเลือกรูปภาพ",
	failure_camera_refused: "เบราว์เซอร์ไม่ได้รับอนุญาตให้ใช้กล้อง",
	failure_camera_refused_next: "อนุญาตที่แถบที่อยู่ หรือเลือกรูปภาพ",
	failure_camera_busy: "โปรแกรมอื่นกำลังใช้กล้องอยู่",
	failure_camera_busy_next: "ปิดโปรแกรมนั้นแล้วลองใหม่ หรือเลือกรูปภาพ",
	failure_file: "อ่านรูปภาพนี้ไม่ได้",
	failure_file_next: "เลือกไฟล์ JPEG หรือ PNG",
	send: "เพิ่มฉันลงในทะเบียน",
	sending: "กำลังเพิ่ม…",
	done: "คุณอยู่ในทะเบียนแล้ว",
	done_text: "จดหมายเลขนี้ไว้ หน้าถัดไปจะถาม",
	your_number: "เลขประจำตัวของคุณ",
	your_name: "ชื่อของคุณตามที่ลงทะเบียน",
	get_card: "รับบัตร",
	another: "ลงทะเบียนคนอื่น",
};
