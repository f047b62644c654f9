// The start page lives at the root, its files in home/.
export const base = "home/";
export const head = [
	'<link rel="icon" href="home/mark.svg" type="image/svg+xml" />',
];
