// The person's own camera: opening it, showing it mirrored, taking pictures.
import { useEffect, useRef } from "preact/hooks";
import type { Ref } from "preact";

/** None there, not permitted, or held by another program. */
export type CameraFailure = "no_camera" | "camera_refused" | "camera_busy";

export type Opened =
	| { ok: true; stream: MediaStream }
	| { ok: false; failure: CameraFailure };

export type Facing = "user" | "environment";

function failureOf(error: unknown): CameraFailure {
	const name = error instanceof DOMException ? error.name : "";
	if (name === "NotAllowedError" || name === "SecurityError")
		return "camera_refused";
	if (name === "NotReadableError" || name === "AbortError")
		return "camera_busy";
	return "no_camera";
}

/** Stop it with `closeCamera` when done: the light beside it must go out. */
export async function openCamera(
	facing: Facing = "user",
	size: Size = { width: 640, height: 480 },
): Promise<Opened> {
	/* absent where the page is not served securely */
	if (!navigator.mediaDevices?.getUserMedia)
		return { ok: false, failure: "no_camera" };
	try {
		const stream = await navigator.mediaDevices.getUserMedia({
			audio: false,
			video: {
				facingMode: facing,
				width: { ideal: size.width },
				height: { ideal: size.height },
			},
		});
		return { ok: true, stream };
	} catch (error) {
		return { ok: false, failure: failureOf(error) };
	}
}

export function closeCamera(stream: MediaStream | null): void {
	stream?.getTracks().forEach((track) => track.stop());
}

/**
 * `openCamera` for a view that may be gone when the person permits it: then
 * the camera is closed again and null given.
 */
export function useOpenCamera(
	facing: Facing = "user",
	size?: Size,
): () => Promise<Opened | null> {
	const here = useRef(true);
	useEffect(
		() => () => {
			here.current = false;
		},
		[],
	);
	return async () => {
		const opened = await openCamera(facing, size);
		if (here.current)
			return opened;
		if (opened.ok)
			closeCamera(opened.stream);
		return null;
	};
}

export interface Size {
	width: number;
	height: number;
}

function toJpeg(canvas: HTMLCanvasElement, quality: number) {
	return new Promise<Blob | null>((done) =>
		canvas.toBlob(done, "image/jpeg", quality),
	);
}

/**
 * The middle of `source` with the proportions of `to`, drawn at its size.
 * Null where the browser gives no picture (the camera has none yet).
 */
export async function cropJpeg(
	source: CanvasImageSource,
	from: Size,
	to: Size,
	quality: number,
): Promise<Blob | null> {
	const scale = Math.min(from.width / to.width, from.height / to.height);
	const w = to.width * scale;
	const h = to.height * scale;
	const canvas = document.createElement("canvas");
	canvas.width = to.width;
	canvas.height = to.height;
	const context = canvas.getContext("2d");
	if (!context || scale <= 0)
		return null;
	context.drawImage(
		source,
		(from.width - w) / 2,
		(from.height - h) / 2,
		w,
		h,
		0,
		0,
		to.width,
		to.height,
	);
	return toJpeg(canvas, quality);
}

/**
 * What the camera sees now, not mirrored: 640x480, or 480x640 where a phone
 * held upright gives upright pictures (a face must never be squeezed).
 */
export async function captureFrame(
	video: HTMLVideoElement,
	quality = 0.85,
): Promise<Blob | null> {
	const from = { width: video.videoWidth, height: video.videoHeight };
	if (from.width === 0 || from.height === 0)
		return null;
	const upright = from.height > from.width;
	const to = upright
		? { width: 480, height: 640 }
		: { width: 640, height: 480 };
	return cropJpeg(video, from, to, quality);
}

/**
 * Waits until the camera has given a new picture, so that none is taken
 * twice. False when none came in time. True at once where the browser cannot
 * tell, and in a hidden tab, where pictures are not presented.
 */
export function newFrame(
	video: HTMLVideoElement,
	timeout_ms: number,
): Promise<boolean> {
	if (!("requestVideoFrameCallback" in video) || document.hidden)
		return Promise.resolve(true);
	return new Promise((done) => {
		const handle = video.requestVideoFrameCallback(() => {
			clearTimeout(timer);
			done(true);
		});
		const timer = setTimeout(() => {
			video.cancelVideoFrameCallback(handle);
			done(false);
		}, timeout_ms);
	});
}

export interface CameraViewProps {
	stream: MediaStream;
	label: string;
	/** Own face: as in a mirror. Scanning a code: as it is. */
	mirrored?: boolean;
	videoRef?: Ref<HTMLVideoElement>;
}

/** The moving picture. The caller owns the stream. */
export function CameraView(props: CameraViewProps) {
	const own = useRef<HTMLVideoElement>(null);
	useEffect(() => {
		const video = own.current;
		if (!video)
			return;
		video.srcObject = props.stream;
		/* rejected when the page goes away first: nothing to do then */
		video.play().catch(() => {});
		return () => {
			video.srcObject = null;
		};
	}, [props.stream]);
	const attach = (video: HTMLVideoElement | null) => {
		own.current = video;
		if (typeof props.videoRef === "function")
			props.videoRef(video);
		else if (props.videoRef)
			props.videoRef.current = video;
	};
	return (
		<video
			ref={attach}
			class={props.mirrored ? "camera mirrored" : "camera"}
			aria-label={props.label}
			autoplay
			muted
			playsInline
		/>
	);
}
