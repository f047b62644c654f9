// Reading QR codes from the camera.

import jsQR from "jsqr";
import { useEffect, useRef } from "preact/hooks";

const EVERY_MS = 160;
const SIDE = 640;

/** The text of the code in the picture, or null. */
function readCode(
	video: HTMLVideoElement,
	canvas: HTMLCanvasElement,
	side: number,
): string | null {
	const { videoWidth: w, videoHeight: h } = video;
	if (w === 0 || h === 0) return null;
	const scale = Math.min(1, side / Math.max(w, h));
	canvas.width = Math.round(w * scale);
	canvas.height = Math.round(h * scale);
	const context = canvas.getContext("2d", { willReadFrequently: true });
	if (!context) return null;
	context.drawImage(video, 0, 0, canvas.width, canvas.height);
	const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
	const code = jsQR(pixels.data, pixels.width, pixels.height, {
		inversionAttempts: "attemptBoth",
	});
	return code?.data || null;
}

/**
 * Calls `found` with each new text that the camera sees; a picture is scaled
 * down to `side` before it is searched.
 */
export function useScanning(
	stream: MediaStream | null,
	found: (text: string) => void,
	side = SIDE,
) {
	const video = useRef<HTMLVideoElement>(null);
	useEffect(() => {
		if (!stream) return;
		const canvas = document.createElement("canvas");
		let last = "";
		const timer = setInterval(() => {
			const text = video.current && readCode(video.current, canvas, side);
			if (!text || text === last) return;
			last = text;
			found(text);
		}, EVERY_MS);
		return () => clearInterval(timer);
	}, [stream]);
	return video;
}
