export const en = {
	title: "Enrol",
	banner: "This page exists in the demo only",
	banner_text:
		"In a real city nobody enters themselves into the register. Do not " +
		"use another person's data. It is erased with the demo.",
	heading: "Enter yourself into the register",
	intro:
		"You get an ID number. With it and your face you can then get a " +
		"card. Invented names are fine.",
	optional: "optional",
	locality: "Place of birth",
	field_missing: "Please fill this in.",
	portrait: "Portrait",
	portrait_hint:
		"Face from the front, in even light, nobody else in the picture.",
	portrait_missing: "A portrait is needed.",
	use_camera: "Use the camera",
	use_file: "Choose a picture",
	camera_starting: "Starting the camera. Allow it if the browser asks.",
	camera_label: "Your camera picture, as in a mirror",
	shoot: "Take the picture",
	failure_no_camera: "No camera was found.",
	failure_no_camera_next: "Connect one, or choose a picture.",
	failure_camera_refused: "The browser was not allowed to use the camera.",
	failure_camera_refused_next:
		"Allow it in the address bar, or choose a picture.",
	failure_camera_busy: "Another program is using the camera.",
	failure_camera_busy_next: "Close it and try again, or choose a picture.",
	failure_file: "This is not a picture that can be read.",
	failure_file_next: "Choose a JPEG or PNG file.",
	send: "Enter me into the register",
	sending: "Entering…",
	done: "You are in the register",
	done_text: "Note the number: the next page asks for it.",
	your_number: "Your ID number",
	your_name: "Your name, as registered",
	get_card: "Get the card",
	another: "Enrol somebody else",
} as const;
