import type { Translation } from "../../messages.ts";
import type { en } from "./en.ts";

export const vi: Translation<typeof en> = {
	title: "Danh tính của bạn, trong tay bạn",
	lead:
		"Mang thẻ căn cước trên điện thoại, chỉ cho xem điều được hỏi, và " +
		"biết ai hỏi, vì sao.",
	origin:
		"Ngư phù là tín vật của quan lại thời Đường: hai nửa con cá bằng " +
		"đồng, khớp nhau thì chứng minh được người mang.",
	demo: "Đây là thành phố thử nghiệm",
	demo_text:
		"Mọi thứ hoạt động như thành phố thật, với một sổ đăng ký nhỏ. Thẻ " +
		"ở đây không có giá trị bên ngoài.",
	try: "Dùng thử trong năm phút",
	enrol: "Ghi tên bạn vào sổ đăng ký",
	enrol_text: "Với tên bất kỳ và camera của bạn. Chỉ trong bản thử.",
	wallet: "Mở ví, nhận thẻ",
	wallet_text: "Nhập số, đồng ý, vài động tác đầu: thẻ là của bạn.",
	check: "Kiểm tra khách",
	check_text: "Trang của quầy: hỏi và nhận câu trả lời đáng tin.",
	party_hotel:
		"Khách sạn hỏi họ tên, số giấy tờ và ảnh. Hãy trả lời bằng ví của bạn.",
	party_cafe:
		"Quán Internet chỉ hỏi bạn đủ tuổi hay chưa, ngoài ra không hỏi gì.",
	party_bank: "Ngân hàng hỏi những gì cần để mở tài khoản.",
	party_railway: "Đường sắt hỏi những gì cần cho vé ghi tên bạn.",
	party_rental: "Nơi thuê xe hỏi bạn được lái loại xe nào. Trả lời bằng giấy phép lái xe.",
	sample_cards: "Thẻ",
	camera: "Không có camera? Dùng camera ảo",
	camera_text:
		"Một ảnh mẫu trên mô hình đầu biết cử động, dùng cho ví. Nó cũng " +
		"cho thấy vì sao chỉ khuôn mặt thì không đủ.",
	samples: "Người mẫu trong sổ đăng ký",
	samples_text:
		"Tên tự đặt. Với camera ảo bạn có thể nhận thẻ của từng người.",
	as_camera: "Đóng vai người này",
	operator: "Dành cho người vận hành thành phố này",
	operator_demo:
		"Bộ máy khuôn mặt chưa có chứng nhận và [face] demo đang bật: mọi thẻ " +
		"cấp bằng khuôn mặt đều ghi là chỉ để trình diễn.",
	operator_closed:
		"Bộ máy khuôn mặt chưa có chứng nhận: không ai được cấp thẻ bằng khuôn " +
		"mặt, mọi người đều được hướng đến điểm dịch vụ.",
	operator_weights:
		"Mạng đi kèm yufu không giữ được mức một lần nhận nhầm trên 10.000 ở " +
		"mọi nhóm người: đo trên ảnh báo chí, trong nhóm tên Đông Á là 3,8 " +
		"trên 100, gấp khoảng 400 lần nhóm tốt nhất. Hãy cài mô hình tốt hơn, " +
		"đo trên dân cư của bạn và chứng nhận kết quả: yufu-face(1), doc/face.md.",
	figures: "Việc kiểm tra khuôn mặt tốt đến đâu",
	figures_text:
		"Trong các cặp người khác nhau, nhiều nhất {fmr} trên một triệu cặp bị " +
		"coi là một người, ở nhóm kém nhất là {group}. Thành phố chấp nhận " +
		"{max} và {group_max}.",
	figures_by: "Do {by} đo, {data}; đến {until}.",
	figures_own: "Do chính người vận hành đo.",
	promises: "Những điều nó không làm",
	promise_1:
		"Không bao giờ tìm khuôn mặt giữa nhiều người: một người, một ảnh, " +
		"khi chính họ yêu cầu.",
	promise_2:
		"Không lưu hình từ camera, không lưu danh sách nơi bạn đã xuất " +
		"trình thẻ.",
	promise_3: "Không để ai hỏi quá phạm vi đã đăng ký.",
	promise_4:
		"Không bỏ lại ai không thể hoặc không muốn dùng khuôn mặt: luôn có " +
		"điểm dịch vụ.",
};
