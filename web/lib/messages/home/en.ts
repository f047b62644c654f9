export const en = {
	title: "Your identity, in your own hand",
	lead:
		"Carry your identity card on your phone, show only what is asked " +
		"for, and see who asked and why.",
	origin:
		"A yufu was the fish tally of Tang officials: two halves of a " +
		"bronze fish that proved the bearer when they fitted.",
	demo: "This is a demo city",
	demo_text:
		"Everything works as in a real city, with a small register. Cards " +
		"from here prove nothing outside.",
	try: "Try it in five minutes",
	enrol: "Enter yourself into the register",
	enrol_text: "With any name and your own camera. Demo only.",
	wallet: "Open the wallet, get the card",
	wallet_text:
		"Number, consent, a few moves of the head: then the card is yours.",
	check: "Check a guest",
	check_text: "The page of a desk that asks and gets an answer it can trust.",
	party_hotel:
		"The hotel asks for name, document number and portrait. Answer " +
		"with your wallet.",
	party_cafe: "The café asks whether you are of age, and nothing else.",
	party_bank: "The bank asks for what opening an account needs.",
	party_railway: "The railway asks for what a ticket in your name needs.",
	party_rental: "The car rental asks what you may drive. Answer with your driving licence.",
	sample_cards: "Cards",
	camera: "No camera? Use the virtual one",
	camera_text:
		"A sample picture on a head that moves, behind the wallet. It also " +
		"shows why a face alone is never enough.",
	samples: "Sample people in the register",
	samples_text:
		"Invented names. With the virtual camera you can get the card of " +
		"each of them.",
	as_camera: "Be this person",
	operator: "For whoever runs this city",
	operator_demo:
		"No certificate carries the face engine, and [face] demo is on: all " +
		"cards by face say that they are for demonstration only.",
	operator_closed:
		"No certificate carries the face engine: nobody gets a card by face, " +
		"and everybody is sent to a service point.",
	operator_weights:
		"The network that comes with yufu does not keep one false match in " +
		"10,000 in every group of people: measured on press photographs it " +
		"was 3.8 in 100 among people with East Asian names, about 400 times " +
		"as many as in the best group. Install a better model, measure your " +
		"own population, certify the result: yufu-face(1), doc/face.md.",
	figures: "How good the face check is",
	figures_text:
		"Of pairs of different people at most {fmr} of a million were taken " +
		"for one, in the worst group {group}. The city accepts {max} and " +
		"{group_max}.",
	figures_by: "Measured by {by}, {data}; until {until}.",
	figures_own: "Measured by the operator itself.",
	promises: "What it does not do",
	promise_1:
		"It never searches for a face among many: one person, one " +
		"portrait, on request.",
	promise_2:
		"It keeps no camera pictures and no list of where you showed your " +
		"card.",
	promise_3: "It lets nobody ask for more than they are registered for.",
	promise_4:
		"It leaves nobody outside who cannot or will not use a face: there " +
		"is always a service point.",
} as const;
