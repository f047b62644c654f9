// The wallet. A fail_CODE says what is wrong, its _next what to do; CODE is a
// ProblemCode of web/wallet/protocol/problem.ts.
export const en = {
	title: "My wallet",
	home: "Wallet",
	card_title: "Identity card",
	history: "History",
	settings: "This wallet",

	hello: "Your identity card on this phone",
	hello_text:
		"It shows who you are only when you agree, and only what is needed. " +
		"It stays on this device.",
	get_card: "Get my ID card",
	get_card_how:
		"You need your ID number, your name, a camera and two minutes. " +
		"You can also go to a service point instead of showing your face.",
	other_card: "Another card",
	get_this: "Get this card",
	offer_what: "What",
	have_offer: "I have an offer or a link",
	answer_request: "Answer a request",
	details: "Details",

	going_on: "A card is on its way",
	going_on_text: "Getting your card was interrupted. Nothing is lost.",
	go_on: "Go on",
	give_up: "Give up",
	waiting: "A request is waiting for you",
	waiting_text: "You opened it and have not finished with it.",
	look_at_it: "Look at it",
	discard: "Discard",

	getting: "Getting your card",
	getting_other_tab: "This is already being done in another tab.",
	step_issuer: "Asking the issuer what it needs",
	step_token: "Handing in the permission",
	step_keys: "Making keys that stay on this device",
	step_credentials: "Fetching your card",
	step_verify: "Checking that it is genuine and yours",
	step_done: "done",
	got_card: "Your card is here",
	start_again: "Start again",

	valid_until: "Valid until {date}",
	no_end: "No end date",
	copies_left: "Can be shown {n} more times before it is renewed",
	copies_none: "Every copy has been shown once: renew the card",
	copies_why:
		"Each time another copy is shown, so that two offices cannot find " +
		"out that they saw the same card.",
	renew: "Renew the card",
	renew_text: "You prove who you are again and get fresh copies.",
	remove_card: "Remove this card",
	remove_sure: "Remove this card from this device?",
	remove_text:
		"It cannot be brought back from here; you can get a new one at any time.",
	remove_yes: "Remove",
	keep: "Keep",
	removed: "The card was removed.",

	standing_valid: "Valid",
	standing_suspended: "Suspended",
	standing_revoked: "Revoked",
	standing_expired: "Expired",
	standing_unknown: "Could not be checked just now",
	standing_suspended_next: "Go to a service point to have it lifted.",
	standing_revoked_next: "It is no longer accepted. Get a new card.",
	standing_expired_next: "Renew it to go on using it.",
	checked_at: "Checked {time}",
	never_checked: "Not checked yet",
	check_now: "Check now",
	checking: "Checking…",
	what_it_says: "What the card says",
	portrait_alt: "Portrait on the card",
	portrait_none: "No portrait",

	scan: "Scan or paste",
	scan_how: "Hold the code of the desk or the website in the frame.",
	scan_view: "Camera picture for scanning a code",
	scan_looking: "Looking for a code…",
	scan_open: "Turn the camera on",
	scan_no_camera: "There is no camera here.",
	scan_refused: "The camera is not permitted.",
	scan_busy: "Another program is using the camera.",
	scan_else: "You can paste the link instead.",
	paste: "Or paste the link",
	paste_hint: "It begins with openid4vp:// or openid-credential-offer://",
	open_link: "Open",

	offer: "A card is offered to you",
	offer_by: "Offered by",
	offer_unverified:
		"Accept it only if you asked for it. It is checked before it is kept.",
	offer_tx: "Transaction code",
	offer_tx_hint: "You got it separately, for example on paper.",
	offer_tx_length: "{n} characters",
	offer_tx_wrong: "Enter the code.",
	accept: "Accept",
	not_now: "Not now",
	loading_offer: "Reading the offer",

	reading_request: "Checking who is asking",
	asks: "{name} is asking",
	who: "Who asks",
	who_registered: "Registered by {registrar}",
	what: "What they will see",
	what_none: "Nothing but that you hold a valid card.",
	also_text:
		"With every answer goes the kind of card, who issued it, until when " +
		"it is valid and a number for looking up whether it was revoked, " +
		"another one each time.",
	agree_to: "You agree to",
	why: "Why",
	until_when: "Until when they keep it",
	kept_for: "{duration}, then it must be deleted",
	kept_not: "Not at all: it is deleted after the check",
	which_card: "From this card: {card}, {name}",
	share: "Share",
	dont_share: "Don't share",
	sending: "Sending…",
	shared: "Shared",
	shared_text: "{name} has received what you agreed to.",
	declined: "Not shared",
	declined_text: "{name} was told that you share nothing.",
	over_asked_list: "It asked without permission for:",
	registered_for: "It is registered for:",
	done: "Done",
	resend: "Send again",

	history_text: "Kept on this device only. Values are not kept.",
	history_none: "Nothing has been shown yet.",
	outcome_shared: "Shared",
	outcome_declined: "You did not share",
	outcome_refused: "Refused by the wallet",
	outcome_failed: "Not accepted",
	outcome_unsure: "Perhaps received",
	outcome_sending: "Being sent",
	seen_claims: "Asked for",
	delete_entry: "Delete this entry",
	delete_history: "Delete the whole history",
	delete_history_sure: "Delete the whole history?",
	delete_yes: "Delete",

	install: "Put it on the home screen",
	install_text: "Then it opens like an app and shows your card offline too.",
	install_now: "Install",
	trust: "Whom it trusts",
	trust_issuers: "Issuers of cards",
	trust_registrars: "Registrars of those who ask",
	trust_until: "List valid until {date}",
	trust_none: "No list yet: it is fetched with the first card.",
	storage: "What is kept",
	storage_text:
		"Cards, their keys and the history are kept in this browser on this " +
		"device. The keys cannot be copied out of it. Nobody else has a list " +
		"of where you showed your card.",
	erase: "Erase this wallet",
	erase_sure: "Erase all cards, keys and the history?",
	erase_text: "You would have to get your card again.",
	erase_yes: "Erase everything",

	offline: "You are offline. Your card can be shown to look at.",
	technical: "Technical part",
	to_wallet: "Back to the wallet",

	fail_offline: "The network was not reached.",
	fail_offline_next: "Check your connection, then try again. Nothing is lost.",
	fail_server_failed: "The server could not do this.",
	fail_server_failed_next: "Try again in a moment. Nothing is lost.",
	fail_server_unusual: "The server answered in a way we do not accept.",
	fail_server_unusual_next:
		"Try again later. If it stays so, tell the service that issues the card.",
	fail_issuer_unknown: "This issuer cannot be reached or is not one.",
	fail_issuer_unknown_next: "Check the link, or ask who gave it to you.",
	fail_issuer_unusable: "This issuer lacks a protection that we require.",
	fail_issuer_unusable_next:
		"Nothing was sent. Tell the service that issues the card.",
	fail_offer_invalid: "This is not an offer that can be read.",
	fail_offer_invalid_next: "Ask for a new one.",
	fail_offer_used: "This offer was used already or is too old.",
	fail_offer_used_next: "Ask for a new one.",
	fail_tx_code_wrong: "The transaction code is wrong, or the offer is used up.",
	fail_tx_code_wrong_next:
		"Compare it and enter it again. After several wrong codes you need a " +
		"new offer.",
	fail_return_unexpected: "We did not ask for this answer.",
	fail_return_unexpected_next:
		"It may be an old page. If you were getting a card, start again.",
	fail_return_mixed_up: "Another server answered than the one we asked.",
	fail_return_mixed_up_next:
		"Nothing was handed over. Start again, and do not use the link you " +
		"came by.",
	fail_proofing_stopped: "Proving who you are was stopped.",
	fail_proofing_stopped_next:
		"Start again when you like, or take your number to a service point.",
	fail_code_lost: "The permission was used or is too old.",
	fail_code_lost_next: "Start again: you prove who you are once more.",
	fail_grant_expired: "The permission to fetch the card is over.",
	fail_grant_expired_next: "Start again: you prove who you are once more.",
	fail_credential_refused: "The issuer did not give out the card.",
	fail_credential_refused_next: "Start again, or go to a service point.",
	fail_credential_deferred: "The issuer needs more time.",
	fail_credential_deferred_next: "Start again later.",
	fail_credential_untrusted: "The card that came is not genuine or not yours.",
	fail_credential_untrusted_next:
		"It was not kept. Tell the service that issues the card.",
	fail_trust_invalid: "The list of trusted issuers cannot be read.",
	fail_trust_invalid_next: "Try again later.",
	fail_trust_changed: "The list of trusted issuers is signed by somebody else.",
	fail_trust_changed_next:
		"Do not share anything. Ask a service point whether this is intended; " +
		"if so, erase this wallet and get the card again.",
	fail_trust_expired: "The list of trusted issuers is too old.",
	fail_trust_expired_next: "Go online and try again.",
	fail_link_unknown: "This is not a link for this wallet.",
	fail_link_unknown_next: "Scan the code again, or copy the whole link.",
	fail_request_gone: "This request is no longer there.",
	fail_request_gone_next: "Have a new code shown and scan that.",
	fail_request_invalid: "This request is not made as it must be.",
	fail_request_invalid_next:
		"Nothing was shared. Have a new code shown; if it stays so, do not answer.",
	fail_request_expired: "The time to answer is over.",
	fail_request_expired_next: "Have a new code shown and scan that.",
	fail_requester_untrusted: "Nobody we trust vouches for who is asking.",
	fail_requester_untrusted_next:
		"Nothing was shared. Do not answer; show your papers another way.",
	fail_requester_unregistered: "Who is asking has no valid registration.",
	fail_requester_unregistered_next:
		"Nothing was shared. They must renew their registration first.",
	fail_over_asked: "They ask for more than they are registered for.",
	fail_over_asked_next:
		"The wallet does not answer this. Tell them; they can ask again for " +
		"less. You may report it to the registrar.",
	fail_nothing_fits: "None of your cards has what is asked for.",
	fail_nothing_fits_next:
		"Get your card first, or have it upgraded at a service point.",
	fail_copies_spent: "Every copy of the card has been shown once.",
	fail_copies_spent_next: "Renew the card, then open the request again.",
	fail_card_expired: "The card has expired.",
	fail_card_expired_next: "Renew the card, then open the request again.",
	fail_answer_refused: "The answer was not accepted.",
	fail_answer_refused_next:
		"Have a new code shown and try again, or show your papers another way.",
	fail_answer_unsure: "The connection broke while it was being sent.",
	fail_answer_unsure_next:
		"It may have arrived. Sending again sends the same answer, not a " +
		"second one.",
	fail_storage_failed: "This browser does not keep anything.",
	fail_storage_failed_next:
		"Free some space, or leave private browsing, then load the page again.",
} as const;
