export const en = {
	title: "Virtual camera",
	what: "A camera without a camera, in the demo only",
	warning:
		"A sample picture is stretched over a generic head that moves. The " +
		"page beside it takes this for a real camera. So will every page: " +
		"a real deployment must expect such cameras and must not rely on " +
		"the face alone.",
	screen: "What the virtual camera shows",
	auto: "Do what the page asks",
	moves: "Moves",
	pose_turn_left: "Turn left",
	pose_turn_right: "Turn right",
	pose_open_mouth: "Open the mouth",
	pose_come_closer: "Come closer",
	pose_neutral: "Look straight",
	picture: "Who is in front of the camera",
	covered: "Nobody: lens covered",
	pages: "Page that gets this camera",
	page_wallet: "Wallet",
	page_enrol: "Enrol",
} as const;
