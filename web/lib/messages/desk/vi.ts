import type { Translation } from "../../messages.ts";
import type { en } from "./en.ts";

export const vi: Translation<typeof en> = {
	title: "Ghi danh",
	banner: "Trang này chỉ có trong bản thử",
	banner_text:
		"Ở thành phố thật, không ai tự ghi mình vào sổ đăng ký. Đừng dùng " +
		"dữ liệu của người khác. Dữ liệu sẽ bị xóa cùng bản thử.",
	heading: "Ghi tên bạn vào sổ đăng ký",
	intro:
		"Bạn sẽ nhận một số định danh. Dùng số đó và khuôn mặt của bạn để " +
		"nhận thẻ. Có thể dùng tên tự đặt.",
	optional: "không bắt buộc",
	locality: "Nơi sinh",
	field_missing: "Vui lòng điền mục này.",
	portrait: "Ảnh chân dung",
	portrait_hint:
		"Chụp chính diện, ánh sáng đều, không có người khác trong ảnh.",
	portrait_missing: "Cần có ảnh chân dung.",
	use_camera: "Dùng camera",
	use_file: "Chọn ảnh",
	camera_starting: "Đang bật camera. Hãy cho phép nếu trình duyệt hỏi.",
	camera_label: "Hình từ camera của bạn, như trong gương",
	shoot: "Chụp ảnh",
	failure_no_camera: "Không tìm thấy camera.",
	failure_no_camera_next: "Hãy cắm camera, hoặc chọn một ảnh.",
	failure_camera_refused: "Trình duyệt chưa được phép dùng camera.",
	failure_camera_refused_next:
		"Hãy cho phép ở thanh địa chỉ, hoặc chọn một ảnh.",
	failure_camera_busy: "Một chương trình khác đang dùng camera.",
	failure_camera_busy_next:
		"Hãy đóng chương trình đó rồi thử lại, hoặc chọn một ảnh.",
	failure_file: "Không đọc được ảnh này.",
	failure_file_next: "Hãy chọn tệp JPEG hoặc PNG.",
	send: "Ghi tôi vào sổ đăng ký",
	sending: "Đang ghi…",
	done: "Bạn đã có trong sổ đăng ký",
	done_text: "Hãy ghi lại số: trang tiếp theo sẽ hỏi.",
	your_number: "Số định danh của bạn",
	your_name: "Họ tên đã ghi",
	get_card: "Nhận thẻ",
	another: "Ghi danh người khác",
};
