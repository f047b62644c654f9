import type { Translation } from "../../messages.ts";
import type { en } from "./en.ts";

export const vi: Translation<typeof en> = {
	title: "Camera ảo",
	what: "Camera không có thật, chỉ trong bản thử",
	warning:
		"Một ảnh mẫu được phủ lên mô hình đầu chung biết cử động. Trang " +
		"bên cạnh coi đó là camera thật. Trang nào cũng vậy: hệ thống thật " +
		"phải lường trước những camera như thế và không được chỉ dựa vào " +
		"khuôn mặt.",
	screen: "Hình mà camera ảo đang phát",
	auto: "Làm theo yêu cầu của trang",
	moves: "Động tác",
	pose_turn_left: "Quay trái",
	pose_turn_right: "Quay phải",
	pose_open_mouth: "Há miệng",
	pose_come_closer: "Lại gần",
	pose_neutral: "Nhìn thẳng",
	picture: "Ai đang trước camera",
	covered: "Không ai: che ống kính",
	pages: "Trang dùng camera này",
	page_wallet: "Ví",
	page_enrol: "Ghi danh",
};
