// A portrait from the camera or a file, cut here to what the register takes.
import { useEffect, useRef, useState } from "preact/hooks";
import {
	CameraView,
	closeCamera,
	cropJpeg,
	useOpenCamera,
} from "../lib/camera.tsx";
import type { CameraFailure, Size } from "../lib/camera.tsx";
import { useCalm } from "../lib/calm.ts";
import { Icon } from "../lib/icon.tsx";
import { Busy, Note } from "../lib/page.tsx";
import { judge } from "./enrol.ts";
import type { Judgement } from "./enrol.ts";
import { JudgementView } from "./judgement.tsx";
import { useText } from "./text.ts";

const PORTRAIT: Size = { width: 480, height: 600 };
/** What POST /desk/enrol takes is 256 KiB. */
const BYTES_MAX = 250 * 1024;

/** The middle of a picture at the portrait's size, small enough to send. */
async function portraitOf(
	source: CanvasImageSource,
	size: Size,
): Promise<Blob | null> {
	for (const quality of [0.92, 0.85, 0.75, 0.6]) {
		const blob = await cropJpeg(source, size, PORTRAIT, quality);
		if (blob && blob.size <= BYTES_MAX)
			return blob;
	}
	return null;
}

async function fromFile(file: File): Promise<Blob | null> {
	try {
		const bitmap = await createImageBitmap(file);
		const blob = await portraitOf(bitmap, bitmap);
		bitmap.close();
		return blob;
	} catch {
		return null;
	}
}

/** The picture as an address that lives as long as it is shown. */
function usePreview(picture: Blob | null): string | null {
	const [address, setAddress] = useState<string | null>(null);
	useEffect(() => {
		if (!picture) {
			setAddress(null);
			return;
		}
		const made = URL.createObjectURL(picture);
		setAddress(made);
		return () => URL.revokeObjectURL(made);
	}, [picture]);
	return address;
}

function Choose(props: {
	opening: boolean;
	onCamera: () => void;
	onFile: (file: File) => void;
}) {
	const t = useText();
	return (
		<div class="row">
			<button
				type="button"
				data-action="camera"
				disabled={props.opening}
				onClick={props.onCamera}
			>
				<Icon name="camera" />
				{t("use_camera")}
			</button>
			<label class="button file">
				<input
					type="file"
					class="hidden"
					accept="image/jpeg,image/png,image/webp"
					onChange={(e) => {
						const file = e.currentTarget.files?.[0];
						if (file)
							props.onFile(file);
					}}
				/>
				{t("use_file")}
			</label>
			{props.opening && <Busy text={t("camera_starting")} />}
		</div>
	);
}

const LOOK_AGAIN_MS = 1000;

/** What to change, before the shutter; null while there is nothing. */
function useLiveWord(video: { current: HTMLVideoElement | null }) {
	const [word, setWord] = useState<string | null>(null);
	useEffect(() => {
		const stop = new AbortController();
		const look = async () => {
			const v = video.current;
			const size = { width: v?.videoWidth ?? 0, height: v?.videoHeight ?? 0 };
			const blob = v && size.width ? await portraitOf(v, size) : null;
			const found = blob ? await judge(blob, stop.signal) : null;
			if (stop.signal.aborted)
				return;
			if (found?.ok)
				setWord(wordOf(found.value));
			timer = setTimeout(look, LOOK_AGAIN_MS);
		};
		let timer = setTimeout(look, LOOK_AGAIN_MS);
		return () => {
			stop.abort();
			clearTimeout(timer);
		};
	}, [video]);
	return useCalm("", word);
}

/** The first thing to mend, as the key of its text. */
function wordOf(found: Judgement): string | null {
	if (found.answer === "none" || found.answer === "many")
		return `judged_${found.answer}`;
	return found.mend[0] ? `mend_${found.mend[0]}` : null;
}

function Shooting(props: {
	stream: MediaStream;
	onBusy: (busy: boolean) => void;
	onShot: (picture: Blob) => void;
}) {
	const t = useText();
	const video = useRef<HTMLVideoElement>(null);
	const word = useLiveWord(video);
	const shoot = async () => {
		const v = video.current;
		if (!v)
			return;
		props.onBusy(true);
		const size = { width: v.videoWidth, height: v.videoHeight };
		const blob = await portraitOf(v, size);
		props.onBusy(false);
		if (blob)
			props.onShot(blob);
	};
	return (
		<div class="stack">
			<div class="portrait-box">
				<CameraView
					stream={props.stream}
					label={t("camera_label")}
					mirrored
					videoRef={video}
				/>
				<span class="portrait-oval" aria-hidden="true" />
			</div>
			<p class="live-word" role="status" data-live={word}>
				{word && (t.find(word) ?? word)}
			</p>
			<button
				type="button"
				class="primary"
				data-action="shoot"
				onClick={shoot}
			>
				<Icon name="camera" />
				{t("shoot")}
			</button>
		</div>
	);
}

export interface PortraitProps {
	picture: Blob | null;
	missing: boolean;
	onPicture: (picture: Blob | null) => void;
	/** Between the press and the picture. */
	onShooting: (shooting: boolean) => void;
}

export function Portrait(props: PortraitProps) {
	const t = useText();
	const preview = usePreview(props.picture);
	const [stream, setStream] = useState<MediaStream | null>(null);
	const [opening, setOpening] = useState(false);
	const [failure, setFailure] = useState<CameraFailure | "file" | null>(null);
	const openCamera = useOpenCamera();
	useEffect(() => () => closeCamera(stream), [stream]);
	const open = async () => {
		setFailure(null);
		setOpening(true);
		const opened = await openCamera();
		if (!opened)
			return;
		setOpening(false);
		if (opened.ok)
			setStream(opened.stream);
		else
			setFailure(opened.failure);
	};
	const read = async (file: File) => {
		setFailure(null);
		const picture = await fromFile(file);
		if (picture)
			props.onPicture(picture);
		else
			setFailure("file");
	};
	const shot = (picture: Blob) => {
		setStream(null);
		props.onPicture(picture);
	};
	return (
		<fieldset class="portrait-field stack">
			<legend>{t("portrait")}</legend>
			<p class="soft small">{t("portrait_hint")}</p>
			{failure && (
				<Note kind="bad" alert title={t(`failure_${failure}`)}>
					<p>{t(`failure_${failure}_next`)}</p>
				</Note>
			)}
			{preview && !stream && (
				<img class="portrait-box" src={preview} alt={t("portrait")} />
			)}
			{!stream && <JudgementView picture={props.picture} />}
			{stream ? (
				<Shooting
					stream={stream}
					onBusy={props.onShooting}
					onShot={shot}
				/>
			) : (
				<Choose opening={opening} onCamera={open} onFile={read} />
			)}
			{props.missing && (
				<p class="missing" role="alert">
					{t("portrait_missing")}
				</p>
			)}
		</fieldset>
	);
}
