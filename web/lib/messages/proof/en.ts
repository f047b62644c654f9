export const en = {
	title: "Get your ID card",
	closed_match: "No card by face here",
	closed_match_text:
		"This city has no certificate for its face check, so a face proves " +
		"nothing yet. A service point gives you the card: continue, and you " +
		"get a number to take there.",
	stages: "Where you are",
	stage_identify: "Your number",
	stage_consent: "Your consent",
	stage_face: "Your face",
	another_way: "Another way: a service point",
	give_up: "Stop and go back to the wallet",

	identify_title: "Which entry is yours?",
	identify_intro:
		"The card is made from your entry in the register of {controller}.",
	number_label: "ID number",
	number_hint: "All digits and letters, as on your document",
	number_missing: "Enter the ID number.",
	name_label: "Full name",
	name_hint:
		"Family name and given name, as on your document: in its own script " +
		"or in Latin letters",
	name_missing: "Enter the full name.",

	consent_title: "Before the camera is used",
	consent_intro: "Please read this. Nothing is recorded until you agree.",
	notice_who: "Who asks",
	notice_who_text:
		"{controller} is responsible for this check. The card goes to the " +
		"wallet at {client}.",
	notice_why: "What for",
	notice_why_text:
		"To make sure that the person asking for this card is the person in " +
		"the register. Your face is used for nothing else.",
	notice_how: "How",
	notice_how_text:
		"The camera takes pictures while you follow a few short prompts. A " +
		"program checks that a living person moves, and compares the face " +
		"with one portrait: yours in the register. It does not search for " +
		"you among others.",
	notice_kept: "What is kept, and how long",
	notice_frames_none:
		"The pictures are wiped as soon as the program has looked at them.",
	notice_frames_for: "The pictures are wiped after {time}.",
	notice_kept_text:
		"Kept for {time}: that the check took place, when, with which " +
		"version of the program, and whether it succeeded. No picture and " +
		"no measurement of your face.",
	notice_need: "Why it is needed",
	notice_need_text:
		"Nobody sees you here. A number and a name alone may be known to " +
		"others, so they are not enough to give out a card.",
	notice_free: "It is voluntary",
	notice_free_text:
		"You can get the card without a face scan: at a service point, where " +
		"an officer looks at your document. It costs nothing more, and saying " +
		"no here has no disadvantage.",
	notice_rights: "Your rights",
	notice_rights_text:
		"You may see what is kept about you, have it corrected or erased, and " +
		"withdraw this consent at any time: ask {controller} at any service " +
		"point. You may complain to the data protection authority. If you are " +
		"under 14, a parent or guardian decides with you.",
	agree: "I agree: check my face",
	insecure:
		"This page was not opened over a secure connection, so the camera " +
		"cannot be used.",
	insecure_next: "Open it with https, or go to a service point.",

	ready_title: "Get ready",
	ready_light: "Light on your face, not behind you",
	ready_clear: "Nothing over your face: no mask, no dark glasses",
	ready_hold: "Camera at eye level, at arm's length",
	ready_what:
		"You will be asked to look straight ahead and then to do a few small " +
		"moves, one at a time. It takes less than half a minute.",
	easy: "I need more time, or fewer moves",
	easy_hint:
		"Two moves instead of three, and more time for each. It counts the same.",
	start: "Start the camera",
	tries_left: "Tries left: {n}",

	face_title: "Follow the prompt",
	camera_label: "Your camera picture, as in a mirror",
	camera_starting: "Starting the camera. Allow it if the browser asks.",
	step: "Move {n} of {count}",
	seconds_left: "{n} s",
	prompt_neutral: "Look straight ahead",
	prompt_turn_left: "Turn your head to your left",
	prompt_turn_right: "Turn your head to your right",
	prompt_open_mouth: "Open your mouth wide",
	prompt_come_closer: "Come closer to the camera",

	hint_look_straight: "Look straight into the camera.",
	hint_close_mouth: "Close your mouth.",
	hint_step_back: "A little too near. Move back a bit.",
	hint_do_step: "Now do what the prompt says.",
	hint_a_bit_more: "Right. A bit more.",
	hint_hold: "Good. Stay like this.",
	hint_other_move: "That was another move. Look at the prompt.",
	hint_show_face: "No face in the picture. Bring your face into the oval.",
	hint_be_alone: "Several faces. Only you should be in the picture.",
	hint_come_nearer: "Too far away. Come a little nearer.",
	hint_more_light: "Too dark. Turn towards the light.",
	hint_less_light: "Too bright. Move out of the glare.",
	hint_hold_still: "Blurred. Hold still for a moment.",
	hint_light_from_front: "The light comes from one side. Turn to face it.",
	hint_open_eyes: "Open your eyes.",

	failed_title: "That did not work yet",
	reason_no_face: "No face was found in the pictures.",
	reason_no_face_next: "Hold the camera at eye level and stay in the oval.",
	reason_many_faces: "More than one face was in the pictures.",
	reason_many_faces_next: "Find a place where only you are in the picture.",
	reason_too_dark: "There was too little light on your face.",
	reason_too_dark_next: "Turn towards a window or a lamp.",
	reason_too_bright: "There was too much light on your face.",
	reason_too_bright_next: "Move out of direct sun or away from the lamp.",
	reason_too_small: "Your face was too far away.",
	reason_too_small_next: "Come closer, so that your face fills the oval.",
	reason_blurred: "The pictures were blurred.",
	reason_blurred_next: "Wipe the lens and hold the camera still.",
	reason_cut_off: "Your face was partly outside the picture.",
	reason_cut_off_next: "Keep your whole face in the oval.",
	reason_too_few: "Too few pictures arrived.",
	reason_too_few_next: "Use a faster connection, then try again.",
	reason_network: "The connection was lost during the check.",
	reason_network_next: "Check your network, then try again.",
	reason_no_camera: "No camera was found.",
	reason_no_camera_next:
		"Connect one, or open your wallet on a phone that has one.",
	reason_camera_refused: "The browser was not allowed to use the camera.",
	reason_camera_refused_next:
		"Allow the camera in the address bar of the browser, then try again.",
	reason_camera_busy: "Another program is using the camera.",
	reason_camera_busy_next: "Close it, then try again.",
	reason_not_matched: "The face did not match the portrait in the register.",
	reason_not_matched_next:
		"An old portrait, glasses or hard light can be the cause. Try again " +
		"in even light, or let an officer look.",
	reason_too_slow: "The move was not seen in time.",
	reason_too_slow_next: "Do each move as soon as it is shown.",
	reason_too_fast: "The move came before it could have been read.",
	reason_too_fast_next: "Wait for the prompt, then move.",
	reason_wrong_move: "Another move was seen than the one asked for.",
	reason_wrong_move_next: "Do only what is shown, then look ahead again.",
	reason_flat: "It looked like a flat picture, not like a head.",
	reason_flat_next: "Turn your head itself, further, and keep the phone still.",
	reason_no_perspective: "Coming closer did not look like a real head.",
	reason_no_perspective_next: "Move your head towards the camera, in one go.",
	reason_jump: "The picture jumped.",
	reason_jump_next: "Hold the camera still and move steadily.",
	reason_frozen: "The same picture came again and again.",
	reason_frozen_next: "Close other camera programs and try again.",
	reason_another_person: "The face changed during the check.",
	reason_another_person_next: "The same person must be seen all the time.",
	reason_not_live: "It could not be seen that a living person is there.",
	reason_not_live_next:
		"Follow the prompts in even light, or go to a service point.",
	reason_timing: "The pictures did not come as from a camera.",
	reason_timing_next:
		"Close programs that change the camera picture, then try again.",
	reason_declined: "You chose the other way.",
	reason_declined_next:
		"A service point gives you the card without a face scan.",
	reason_no_portrait: "The register has no usable portrait of you.",
	reason_no_portrait_next: "A service point can take one.",
	reason_too_often: "Too many failed tries today.",
	reason_too_often_next: "Try again tomorrow, or go to a service point.",
	reason_no_certificate: "This city cannot give cards by face.",
	reason_no_certificate_next:
		"Its face check is not certified. Go to a service point; no face is needed there.",
	reason_unknown: "The check could not be completed.",
	reason_unknown_next: "Try again, or go to a service point.",

	place_title: "Go to a service point",
	place_text:
		"An officer looks at your document and gives you the card. No face " +
		"scan is needed there.",
	place_number: "Your number",
	place_until: "Valid until {time}",
	place_bring: "Bring this number and your identity document.",
	place_print: "Print the number",
	place_get: "Get a number",

	refused_title: "The face check is closed for now",
	refused_text:
		"All tries are used up. This says nothing against you: " +
		"cameras and old portraits fail too. An officer can help.",
	elsewhere_title: "Good. Without a face scan, then.",
	to_wallet: "Back to the wallet",
	passed_title: "It is you",
	passed_text: "You are being taken back to your wallet, with your card.",
	passed_go: "To the wallet",
	lost_title: "This page has no application to go on with.",
	lost_next: "Open your wallet and ask for the card again.",
	lost_link: "Open the wallet",
} as const;
