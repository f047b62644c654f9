import qrcode from "qrcode-generator";
import { useMemo } from "preact/hooks";

const QUIET = 4; /* modules of quiet zone: ISO/IEC 18004, 6.3.8 */

/* The characters of its alphanumeric mode: 5.5 bits each and not 8. */
const ALPHANUMERIC = /^[0-9A-Z $%*+\-./:]*$/;

function modules(text: string): { size: number; path: string } {
	/* L: on a lit screen larger modules help more than redundancy */
	const code = qrcode(0, "L");
	code.addData(text, ALPHANUMERIC.test(text) ? "Alphanumeric" : "Byte");
	code.make();
	const size = code.getModuleCount();
	let path = "";
	for (let y = 0; y < size; y++) {
		for (let x = 0; x < size; x++) {
			if (code.isDark(y, x))
				path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
		}
	}
	return { size: size + 2 * QUIET, path };
}

/**
 * A QR code as SVG, always dark on light whatever the colour scheme: many
 * readers do not read inverted ones. `label` is what a screen reader says.
 */
export function Qr(props: { text: string; label: string }) {
	const { size, path } = useMemo(() => modules(props.text), [props.text]);
	return (
		<svg
			class="qr"
			viewBox={`0 0 ${size} ${size}`}
			role="img"
			aria-label={props.label}
			shape-rendering="crispEdges"
		>
			<rect width={size} height={size} fill="#fff" />
			<path d={path} fill="#000" />
		</svg>
	);
}
