import type { Translation } from "../../messages.ts";
import type { en } from "./en.ts";

export const vi: Translation<typeof en> = {
	title: "Ví của tôi",
	home: "Ví",
	card_title: "Thẻ căn cước",
	history: "Lịch sử",
	settings: "Về ví này",

	hello: "Thẻ căn cước trên điện thoại này",
	hello_text:
		"Thẻ chỉ cho biết bạn là ai khi bạn đồng ý, và chỉ những gì cần thiết. " +
		"Thẻ chỉ nằm trên thiết bị này.",
	get_card: "Nhận thẻ căn cước",
	get_card_how:
		"Bạn cần số định danh, họ tên, máy ảnh và hai phút. Bạn cũng có thể đến " +
		"điểm phục vụ thay vì quét khuôn mặt.",
	other_card: "Thẻ khác",
	get_this: "Lấy thẻ này",
	offer_what: "Nội dung",
	have_offer: "Tôi có lời mời hoặc liên kết",
	answer_request: "Trả lời yêu cầu",
	details: "Chi tiết",

	going_on: "Thẻ đang được nhận",
	going_on_text: "Việc nhận thẻ bị gián đoạn. Không mất gì cả.",
	go_on: "Tiếp tục",
	give_up: "Bỏ",
	waiting: "Có một yêu cầu đang chờ bạn",
	waiting_text: "Bạn đã mở yêu cầu này nhưng chưa xong.",
	look_at_it: "Xem",
	discard: "Bỏ qua",

	getting: "Đang nhận thẻ",
	getting_other_tab: "Việc này đang được làm ở một thẻ trình duyệt khác.",
	step_issuer: "Hỏi nơi cấp cần những gì",
	step_token: "Nộp quyền nhận thẻ",
	step_keys: "Tạo khóa chỉ ở lại trên thiết bị này",
	step_credentials: "Lấy thẻ của bạn",
	step_verify: "Kiểm tra thẻ là thật và của bạn",
	step_done: "xong",
	got_card: "Thẻ của bạn đã đến",
	start_again: "Bắt đầu lại",

	valid_until: "Có giá trị đến {date}",
	no_end: "Không thời hạn",
	copies_left: "Còn xuất trình được {n} lần trước khi phải làm mới",
	copies_none: "Mọi bản đều đã xuất trình một lần: hãy làm mới thẻ",
	copies_why:
		"Mỗi lần xuất trình một bản khác, để hai nơi không thể biết rằng họ đã " +
		"thấy cùng một thẻ.",
	renew: "Làm mới thẻ",
	renew_text: "Bạn chứng minh danh tính lần nữa và nhận các bản mới.",
	remove_card: "Xóa thẻ này",
	remove_sure: "Xóa thẻ này khỏi thiết bị?",
	remove_text:
		"Không thể khôi phục thẻ từ đây; bạn có thể nhận thẻ mới bất cứ lúc nào.",
	remove_yes: "Xóa",
	keep: "Giữ lại",
	removed: "Đã xóa thẻ.",

	standing_valid: "Có giá trị",
	standing_suspended: "Tạm khóa",
	standing_revoked: "Đã thu hồi",
	standing_expired: "Đã hết hạn",
	standing_unknown: "Hiện chưa kiểm tra được",
	standing_suspended_next: "Hãy đến điểm phục vụ để mở lại.",
	standing_revoked_next: "Thẻ không còn được chấp nhận. Hãy nhận thẻ mới.",
	standing_expired_next: "Hãy làm mới để dùng tiếp.",
	checked_at: "Đã kiểm tra {time}",
	never_checked: "Chưa kiểm tra",
	check_now: "Kiểm tra ngay",
	checking: "Đang kiểm tra…",
	what_it_says: "Nội dung trên thẻ",
	portrait_alt: "Ảnh chân dung trên thẻ",
	portrait_none: "Không có ảnh",

	scan: "Quét hoặc dán",
	scan_how: "Đưa mã ở quầy hoặc trên trang web vào khung hình.",
	scan_view: "Hình từ máy ảnh để quét mã",
	scan_looking: "Đang tìm mã…",
	scan_open: "Bật máy ảnh",
	scan_no_camera: "Không có máy ảnh.",
	scan_refused: "Máy ảnh chưa được cho phép.",
	scan_busy: "Chương trình khác đang dùng máy ảnh.",
	scan_else: "Bạn có thể dán liên kết thay thế.",
	paste: "Hoặc dán liên kết",
	paste_hint:
		"Bắt đầu bằng openid4vp:// hoặc openid-credential-offer://",
	open_link: "Mở",

	offer: "Bạn được mời nhận một thẻ",
	offer_by: "Nơi mời",
	offer_unverified:
		"Chỉ nhận nếu chính bạn đã yêu cầu. Thẻ được kiểm tra trước khi lưu.",
	offer_tx: "Mã giao dịch",
	offer_tx_hint: "Bạn nhận mã này riêng, ví dụ trên giấy.",
	offer_tx_length: "{n} ký tự",
	offer_tx_wrong: "Hãy nhập mã.",
	accept: "Nhận",
	not_now: "Để sau",
	loading_offer: "Đang đọc lời mời",

	reading_request: "Đang kiểm tra ai yêu cầu",
	asks: "{name} đang yêu cầu",
	who: "Ai yêu cầu",
	who_registered: "Nơi đăng ký: {registrar}",
	what: "Họ sẽ thấy gì",
	what_none: "Chỉ biết rằng bạn có một thẻ còn giá trị.",
	also_text:
		"Mỗi câu trả lời còn kèm loại thẻ, nơi cấp, thời hạn và một số, mỗi " +
		"lần một khác, để tra cứu thẻ có bị thu hồi không.",
	agree_to: "Bạn đồng ý với",
	why: "Để làm gì",
	until_when: "Họ giữ bao lâu",
	kept_for: "{duration}, sau đó phải xóa",
	kept_not: "Không giữ: xóa ngay sau khi kiểm tra",
	which_card: "Từ thẻ này: {card}, {name}",
	share: "Chia sẻ",
	dont_share: "Không chia sẻ",
	sending: "Đang gửi…",
	shared: "Đã chia sẻ",
	shared_text: "{name} đã nhận những gì bạn đồng ý.",
	declined: "Không chia sẻ",
	declined_text: "{name} đã được báo rằng bạn không chia sẻ gì.",
	over_asked_list: "Đã hỏi mà không được phép:",
	registered_for: "Được đăng ký để hỏi:",
	done: "Xong",
	resend: "Gửi lại",

	history_text: "Chỉ lưu trên thiết bị này. Giá trị không được lưu.",
	history_none: "Chưa xuất trình lần nào.",
	outcome_shared: "Đã chia sẻ",
	outcome_declined: "Bạn không chia sẻ",
	outcome_refused: "Ví đã từ chối",
	outcome_failed: "Không được chấp nhận",
	outcome_unsure: "Có thể đã nhận",
	outcome_sending: "Đang gửi",
	seen_claims: "Đã hỏi",
	delete_entry: "Xóa mục này",
	delete_history: "Xóa toàn bộ lịch sử",
	delete_history_sure: "Xóa toàn bộ lịch sử?",
	delete_yes: "Xóa",

	install: "Đưa ra màn hình chính",
	install_text:
		"Ví mở như một ứng dụng và xem được thẻ cả khi không có mạng.",
	install_now: "Cài đặt",
	trust: "Ví tin ai",
	trust_issuers: "Nơi cấp thẻ",
	trust_registrars: "Nơi đăng ký cho bên yêu cầu",
	trust_until: "Danh sách có giá trị đến {date}",
	trust_none: "Chưa có danh sách: sẽ tải cùng thẻ đầu tiên.",
	storage: "Lưu những gì",
	storage_text:
		"Thẻ, khóa và lịch sử được lưu trong trình duyệt này trên thiết bị này. " +
		"Không thể sao chép khóa ra ngoài. Không ai khác có danh sách những nơi " +
		"bạn đã xuất trình thẻ.",
	erase: "Xóa sạch ví này",
	erase_sure: "Xóa mọi thẻ, khóa và lịch sử?",
	erase_text: "Bạn sẽ phải nhận thẻ lại từ đầu.",
	erase_yes: "Xóa tất cả",

	offline: "Bạn đang ngoại tuyến. Vẫn xem được thẻ.",
	technical: "Phần kỹ thuật",
	to_wallet: "Về ví",

	fail_offline: "Không kết nối được mạng.",
	fail_offline_next: "Kiểm tra kết nối rồi thử lại. Không mất gì cả.",
	fail_server_failed: "Máy chủ không thực hiện được.",
	fail_server_failed_next: "Thử lại sau giây lát. Không mất gì cả.",
	fail_server_unusual: "Máy chủ trả lời theo cách chúng tôi không chấp nhận.",
	fail_server_unusual_next:
		"Thử lại sau. Nếu vẫn vậy, hãy báo cho dịch vụ cấp thẻ.",
	fail_issuer_unknown: "Không liên lạc được nơi cấp này, hoặc không phải nơi cấp.",
	fail_issuer_unknown_next: "Kiểm tra liên kết, hoặc hỏi người đưa cho bạn.",
	fail_issuer_unusable: "Nơi cấp này thiếu biện pháp bảo vệ mà ví yêu cầu.",
	fail_issuer_unusable_next:
		"Chưa gửi gì. Hãy báo cho dịch vụ cấp thẻ.",
	fail_offer_invalid: "Không đọc được lời mời này.",
	fail_offer_invalid_next: "Hãy xin lời mời mới.",
	fail_offer_used: "Lời mời này đã dùng hoặc quá cũ.",
	fail_offer_used_next: "Hãy xin lời mời mới.",
	fail_tx_code_wrong: "Mã giao dịch sai, hoặc lời mời đã hết hiệu lực.",
	fail_tx_code_wrong_next:
		"Đối chiếu rồi nhập lại. Sau vài lần sai bạn cần lời mời mới.",
	fail_return_unexpected: "Chúng tôi không yêu cầu câu trả lời này.",
	fail_return_unexpected_next:
		"Có thể là trang cũ. Nếu bạn đang nhận thẻ, hãy bắt đầu lại.",
	fail_return_mixed_up: "Máy chủ trả lời không phải máy chủ đã được hỏi.",
	fail_return_mixed_up_next:
		"Chưa giao nộp gì. Hãy bắt đầu lại và đừng dùng liên kết cũ.",
	fail_proofing_stopped: "Việc chứng minh danh tính đã dừng.",
	fail_proofing_stopped_next:
		"Bắt đầu lại khi bạn muốn, hoặc mang số của bạn đến điểm phục vụ.",
	fail_code_lost: "Quyền nhận thẻ đã dùng hoặc quá cũ.",
	fail_code_lost_next: "Hãy bắt đầu lại: bạn chứng minh danh tính lần nữa.",
	fail_grant_expired: "Quyền nhận thẻ đã hết hạn.",
	fail_grant_expired_next:
		"Hãy bắt đầu lại: bạn chứng minh danh tính lần nữa.",
	fail_credential_refused: "Nơi cấp không cấp thẻ.",
	fail_credential_refused_next: "Bắt đầu lại, hoặc đến điểm phục vụ.",
	fail_credential_deferred: "Nơi cấp cần thêm thời gian.",
	fail_credential_deferred_next: "Hãy bắt đầu lại sau.",
	fail_credential_untrusted: "Thẻ nhận được không thật hoặc không phải của bạn.",
	fail_credential_untrusted_next:
		"Thẻ không được lưu. Hãy báo cho dịch vụ cấp thẻ.",
	fail_trust_invalid: "Không đọc được danh sách nơi cấp tin cậy.",
	fail_trust_invalid_next: "Thử lại sau.",
	fail_trust_changed: "Danh sách nơi cấp tin cậy do người khác ký.",
	fail_trust_changed_next:
		"Đừng chia sẻ gì. Hãy hỏi điểm phục vụ xem có chủ ý không; nếu có, xóa " +
		"sạch ví này và nhận thẻ lại.",
	fail_trust_expired: "Danh sách nơi cấp tin cậy đã quá cũ.",
	fail_trust_expired_next: "Kết nối mạng rồi thử lại.",
	fail_link_unknown: "Đây không phải liên kết cho ví này.",
	fail_link_unknown_next: "Quét lại mã, hoặc sao chép toàn bộ liên kết.",
	fail_request_gone: "Yêu cầu này không còn nữa.",
	fail_request_gone_next: "Xin hiển thị mã mới rồi quét.",
	fail_request_invalid: "Yêu cầu này không đúng quy định.",
	fail_request_invalid_next:
		"Chưa chia sẻ gì. Xin hiển thị mã mới; nếu vẫn vậy, đừng trả lời.",
	fail_request_expired: "Đã hết thời gian trả lời.",
	fail_request_expired_next: "Xin hiển thị mã mới rồi quét.",
	fail_requester_untrusted: "Không nơi tin cậy nào bảo đảm cho bên yêu cầu.",
	fail_requester_untrusted_next:
		"Chưa chia sẻ gì. Đừng trả lời; hãy xuất trình giấy tờ cách khác.",
	fail_requester_unregistered: "Bên yêu cầu không có đăng ký hợp lệ.",
	fail_requester_unregistered_next:
		"Chưa chia sẻ gì. Họ phải gia hạn đăng ký trước.",
	fail_over_asked: "Họ hỏi nhiều hơn mức đã đăng ký.",
	fail_over_asked_next:
		"Ví không trả lời yêu cầu này. Hãy nói với họ; họ có thể hỏi lại ít hơn. " +
		"Bạn có thể báo cho nơi đăng ký.",
	fail_nothing_fits: "Không thẻ nào của bạn có điều được hỏi.",
	fail_nothing_fits_next:
		"Hãy nhận thẻ trước, hoặc nâng cấp thẻ ở điểm phục vụ.",
	fail_copies_spent: "Mọi bản của thẻ đều đã xuất trình một lần.",
	fail_copies_spent_next: "Làm mới thẻ rồi mở lại yêu cầu.",
	fail_card_expired: "Thẻ đã hết hạn.",
	fail_card_expired_next: "Làm mới thẻ rồi mở lại yêu cầu.",
	fail_answer_refused: "Câu trả lời không được chấp nhận.",
	fail_answer_refused_next:
		"Xin hiển thị mã mới và thử lại, hoặc xuất trình giấy tờ cách khác.",
	fail_answer_unsure: "Kết nối bị ngắt khi đang gửi.",
	fail_answer_unsure_next:
		"Có thể đã đến nơi. Gửi lại là gửi đúng câu trả lời đó, không phải câu " +
		"thứ hai.",
	fail_storage_failed: "Trình duyệt này không lưu được gì.",
	fail_storage_failed_next:
		"Giải phóng dung lượng hoặc thoát chế độ ẩn danh, rồi tải lại trang.",
};
