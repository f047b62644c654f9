import type { Translation } from "../../messages.ts";
import type { en } from "./en.ts";

export const vi: Translation<typeof en> = {
	title: "Nhận thẻ căn cước của bạn",
	closed_match: "Ở đây chưa cấp thẻ bằng khuôn mặt",
	closed_match_text:
		"Thành phố này chưa có chứng nhận cho việc kiểm tra khuôn mặt, nên khuôn " +
		"mặt chưa chứng minh được gì. Điểm dịch vụ sẽ cấp thẻ cho bạn: hãy tiếp " +
		"tục để nhận số mang đến đó.",
	stages: "Bạn đang ở bước nào",
	stage_identify: "Số của bạn",
	stage_consent: "Sự đồng ý",
	stage_face: "Khuôn mặt",
	another_way: "Cách khác: đến điểm dịch vụ",
	give_up: "Dừng và quay về ví",

	identify_title: "Đâu là hồ sơ của bạn?",
	identify_intro:
		"Thẻ được lập từ hồ sơ của bạn trong sổ đăng ký của {controller}.",
	number_label: "Số định danh",
	number_hint: "Đầy đủ chữ số và chữ cái như trên giấy tờ",
	number_missing: "Hãy nhập số định danh.",
	name_label: "Họ và tên",
	name_hint:
		"Họ và tên như trên giấy tờ: bằng chữ gốc hoặc bằng chữ Latinh",
	name_missing: "Hãy nhập họ và tên.",

	consent_title: "Trước khi dùng camera",
	consent_intro:
		"Vui lòng đọc kỹ. Chưa có gì được ghi lại cho đến khi bạn đồng ý.",
	notice_who: "Ai yêu cầu",
	notice_who_text:
		"{controller} chịu trách nhiệm về việc kiểm tra này. Thẻ được chuyển " +
		"vào ví tại {client}.",
	notice_why: "Để làm gì",
	notice_why_text:
		"Để chắc chắn người xin thẻ chính là người trong sổ đăng ký. Khuôn mặt " +
		"của bạn không được dùng vào việc nào khác.",
	notice_how: "Bằng cách nào",
	notice_how_text:
		"Camera chụp ảnh trong lúc bạn làm theo vài chỉ dẫn ngắn. Chương trình " +
		"kiểm tra có người thật đang cử động và so khuôn mặt với một ảnh duy " +
		"nhất: ảnh của bạn trong sổ đăng ký. Không tìm kiếm bạn trong số những " +
		"người khác.",
	notice_kept: "Lưu gì và trong bao lâu",
	notice_frames_none: "Ảnh bị xóa ngay sau khi chương trình xem xong.",
	notice_frames_for: "Ảnh bị xóa sau {time}.",
	notice_kept_text:
		"Được lưu trong {time}: việc kiểm tra đã diễn ra, thời điểm, phiên bản " +
		"chương trình và kết quả. Không lưu ảnh, không lưu số đo khuôn mặt.",
	notice_need: "Vì sao cần",
	notice_need_text:
		"Ở đây không ai nhìn thấy bạn. Người khác có thể biết số và tên của " +
		"bạn, nên chỉ số và tên thì chưa đủ để cấp thẻ.",
	notice_free: "Hoàn toàn tự nguyện",
	notice_free_text:
		"Bạn có thể nhận thẻ mà không cần quét mặt: tại điểm dịch vụ, cán bộ " +
		"sẽ xem giấy tờ của bạn. Không tốn thêm chi phí, và từ chối ở đây " +
		"không gây bất lợi gì.",
	notice_rights: "Quyền của bạn",
	notice_rights_text:
		"Bạn có quyền xem những gì được lưu, yêu cầu sửa hoặc xóa, và rút lại " +
		"sự đồng ý bất cứ lúc nào: hãy hỏi {controller} tại bất kỳ điểm dịch " +
		"vụ nào. Bạn có thể khiếu nại với cơ quan bảo vệ dữ liệu cá nhân. Nếu " +
		"bạn dưới 14 tuổi, cha mẹ hoặc người giám hộ cùng quyết định với bạn.",
	agree: "Tôi đồng ý kiểm tra khuôn mặt",
	insecure:
		"Trang này không được mở qua kết nối an toàn nên không dùng được camera.",
	insecure_next: "Hãy mở bằng https, hoặc đến điểm dịch vụ.",

	ready_title: "Chuẩn bị",
	ready_light: "Ánh sáng chiếu vào mặt, không ở sau lưng",
	ready_clear: "Không che mặt: không khẩu trang, không kính đen",
	ready_hold: "Để camera ngang tầm mắt, cách một sải tay",
	ready_what:
		"Bạn sẽ được yêu cầu nhìn thẳng rồi làm vài động tác nhỏ, từng động tác " +
		"một. Mất chưa đến nửa phút.",
	easy: "Tôi cần thêm thời gian hoặc ít động tác hơn",
	easy_hint:
		"Hai động tác thay vì ba, mỗi động tác có nhiều thời gian hơn. Giá trị như nhau.",
	start: "Bật camera",
	tries_left: "Số lần còn lại: {n}",

	face_title: "Làm theo chỉ dẫn",
	camera_label: "Hình từ camera của bạn, như trong gương",
	camera_starting: "Đang bật camera. Hãy cho phép nếu trình duyệt hỏi.",
	step: "Động tác {n}/{count}",
	seconds_left: "{n} giây",
	prompt_neutral: "Nhìn thẳng phía trước",
	prompt_turn_left: "Quay đầu sang bên trái của bạn",
	prompt_turn_right: "Quay đầu sang bên phải của bạn",
	prompt_open_mouth: "Há to miệng",
	prompt_come_closer: "Lại gần camera hơn",

	hint_look_straight: "Hãy nhìn thẳng vào camera.",
	hint_close_mouth: "Hãy ngậm miệng lại.",
	hint_step_back: "Hơi gần quá. Hãy lùi lại một chút.",
	hint_do_step: "Bây giờ hãy làm theo chỉ dẫn.",
	hint_a_bit_more: "Đúng rồi. Thêm một chút nữa.",
	hint_hold: "Tốt. Giữ nguyên như vậy.",
	hint_other_move: "Không phải động tác này. Hãy xem chỉ dẫn.",
	hint_show_face: "Không thấy khuôn mặt. Hãy đưa mặt vào khung bầu dục.",
	hint_be_alone: "Có nhiều khuôn mặt. Chỉ nên có mình bạn trong hình.",
	hint_come_nearer: "Quá xa. Hãy lại gần một chút.",
	hint_more_light: "Quá tối. Hãy quay về phía ánh sáng.",
	hint_less_light: "Quá sáng. Hãy tránh chỗ chói.",
	hint_hold_still: "Hình mờ. Hãy giữ yên một lát.",
	hint_light_from_front: "Ánh sáng đến từ một bên. Hãy quay mặt về phía sáng.",
	hint_open_eyes: "Hãy mở mắt.",

	failed_title: "Lần này chưa được",
	reason_no_face: "Không tìm thấy khuôn mặt trong hình.",
	reason_no_face_next: "Giữ camera ngang tầm mắt và ở trong khung bầu dục.",
	reason_many_faces: "Có hơn một khuôn mặt trong hình.",
	reason_many_faces_next: "Hãy tìm chỗ chỉ có mình bạn trong hình.",
	reason_too_dark: "Mặt bạn quá ít ánh sáng.",
	reason_too_dark_next: "Hãy quay về phía cửa sổ hoặc đèn.",
	reason_too_bright: "Mặt bạn quá nhiều ánh sáng.",
	reason_too_bright_next: "Hãy tránh nắng trực tiếp hoặc ra xa đèn.",
	reason_too_small: "Mặt bạn ở quá xa.",
	reason_too_small_next: "Hãy lại gần để mặt đầy khung bầu dục.",
	reason_blurred: "Hình bị mờ.",
	reason_blurred_next: "Hãy lau ống kính và giữ camera đứng yên.",
	reason_cut_off: "Một phần khuôn mặt nằm ngoài hình.",
	reason_cut_off_next: "Hãy giữ cả khuôn mặt trong khung bầu dục.",
	reason_too_few: "Nhận được quá ít hình.",
	reason_too_few_next: "Hãy dùng mạng nhanh hơn rồi thử lại.",
	reason_network: "Mất kết nối trong lúc kiểm tra.",
	reason_network_next: "Hãy kiểm tra mạng rồi thử lại.",
	reason_no_camera: "Không tìm thấy camera.",
	reason_no_camera_next:
		"Hãy cắm camera, hoặc mở ví trên điện thoại có camera.",
	reason_camera_refused: "Trình duyệt chưa được phép dùng camera.",
	reason_camera_refused_next:
		"Hãy cho phép camera ở thanh địa chỉ của trình duyệt rồi thử lại.",
	reason_camera_busy: "Một chương trình khác đang dùng camera.",
	reason_camera_busy_next: "Hãy đóng chương trình đó rồi thử lại.",
	reason_not_matched: "Khuôn mặt không khớp với ảnh trong sổ đăng ký.",
	reason_not_matched_next:
		"Nguyên nhân có thể là ảnh cũ, kính hoặc ánh sáng gắt. Hãy thử lại ở " +
		"nơi sáng đều, hoặc nhờ cán bộ xem trực tiếp.",
	reason_too_slow: "Không thấy động tác kịp lúc.",
	reason_too_slow_next: "Hãy làm ngay khi chỉ dẫn hiện ra.",
	reason_too_fast: "Động tác đến trước khi kịp đọc chỉ dẫn.",
	reason_too_fast_next: "Hãy chờ chỉ dẫn rồi mới cử động.",
	reason_wrong_move: "Động tác không đúng với yêu cầu.",
	reason_wrong_move_next: "Chỉ làm điều được chỉ dẫn, rồi nhìn thẳng lại.",
	reason_flat: "Trông giống ảnh phẳng, không giống đầu người thật.",
	reason_flat_next: "Hãy quay chính đầu của bạn nhiều hơn, giữ yên điện thoại.",
	reason_no_perspective: "Khi lại gần, hình không giống đầu người thật.",
	reason_no_perspective_next: "Hãy đưa đầu về phía camera một lần, đều đặn.",
	reason_jump: "Hình bị giật.",
	reason_jump_next: "Hãy giữ yên camera và cử động đều.",
	reason_frozen: "Cùng một hình lặp đi lặp lại.",
	reason_frozen_next: "Hãy đóng chương trình camera khác rồi thử lại.",
	reason_another_person: "Khuôn mặt đã thay đổi trong lúc kiểm tra.",
	reason_another_person_next: "Phải là cùng một người trong suốt quá trình.",
	reason_not_live: "Không xác nhận được có người thật trước camera.",
	reason_not_live_next:
		"Hãy làm theo chỉ dẫn nơi ánh sáng đều, hoặc đến điểm phục vụ.",
	reason_timing: "Hình không đến theo nhịp của một camera.",
	reason_timing_next: "Hãy tắt chương trình thay đổi hình camera rồi thử lại.",
	reason_declined: "Bạn đã chọn cách khác.",
	reason_declined_next: "Điểm dịch vụ cấp thẻ mà không cần quét mặt.",
	reason_no_portrait: "Sổ đăng ký không có ảnh dùng được của bạn.",
	reason_no_portrait_next: "Điểm dịch vụ có thể chụp ảnh cho bạn.",
	reason_too_often: "Hôm nay đã thử không thành công quá nhiều lần.",
	reason_too_often_next: "Hãy thử lại vào ngày mai, hoặc đến điểm dịch vụ.",
	reason_no_certificate: "Thành phố này chưa cấp thẻ bằng khuôn mặt được.",
	reason_no_certificate_next:
		"Việc kiểm tra khuôn mặt chưa được chứng nhận. Hãy đến điểm dịch vụ; ở đó không cần khuôn mặt.",
	reason_unknown: "Không hoàn tất được việc kiểm tra.",
	reason_unknown_next: "Hãy thử lại, hoặc đến điểm dịch vụ.",

	place_title: "Đến điểm dịch vụ",
	place_text: "Cán bộ xem giấy tờ và cấp thẻ cho bạn. Không cần quét mặt.",
	place_number: "Số của bạn",
	place_until: "Có giá trị đến {time}",
	place_bring: "Hãy mang theo số này và giấy tờ tùy thân.",
	place_print: "In số này",
	place_get: "Lấy số",

	refused_title: "Việc kiểm tra khuôn mặt tạm đóng",
	refused_text:
		"Đã hết số lần thử. Điều này không có nghĩa là bạn có lỗi: " +
		"camera và ảnh cũ cũng có thể gây ra. Cán bộ có thể giúp bạn.",
	elsewhere_title: "Được, không quét mặt",
	to_wallet: "Quay về ví",
	passed_title: "Đúng là bạn",
	passed_text: "Bạn đang được đưa về ví cùng với thẻ của mình.",
	passed_go: "Đến ví",
	lost_title: "Trang này không có hồ sơ nào để tiếp tục.",
	lost_next: "Hãy mở ví và xin thẻ lại.",
	lost_link: "Mở ví",
};
