// A link comes in: by the camera, or pasted.

import { useEffect, useState } from "preact/hooks";
import {
	type CameraFailure,
	CameraView,
	closeCamera,
	useOpenCamera,
} from "../lib/camera.tsx";
import { Icon } from "../lib/icon.tsx";
import { Note } from "../lib/page.tsx";
import { useScanning } from "../lib/scan.ts";
import { Failure, View } from "./parts.tsx";
import { readLink } from "./protocol/link.ts";
import { asProblem, type Problem } from "./protocol/problem.ts";
import { go, keepLink, useHome } from "./state.tsx";
import { useWallet } from "./text.ts";

const TEXT = {
	no_camera: "scan_no_camera",
	camera_refused: "scan_refused",
	camera_busy: "scan_busy",
} as const;

function Scanner(props: { onText: (text: string) => void }) {
	const t = useWallet();
	const [stream, setStream] = useState<MediaStream | null>(null);
	const [failure, setFailure] = useState<CameraFailure | null>(null);
	const [opening, setOpening] = useState(false);
	const openCamera = useOpenCamera("environment");
	const video = useScanning(stream, props.onText);
	useEffect(() => () => closeCamera(stream), [stream]);
	const open = async () => {
		if (opening) return;
		setOpening(true);
		setFailure(null);
		const opened = await openCamera();
		if (!opened) return;
		setOpening(false);
		if (opened.ok) setStream(opened.stream);
		else setFailure(opened.failure);
	};
	if (stream)
		return (
			<div class="scanner">
				<CameraView
					stream={stream}
					label={t("scan_view")}
					videoRef={video}
				/>
				<p class="busy" role="status">
					<span class="ring" aria-hidden="true" />
					{t("scan_looking")}
				</p>
			</div>
		);
	return (
		<div class="stack">
			{failure && (
				<Note kind="unsure" alert title={t(TEXT[failure])}>
					<p>{t("scan_else")}</p>
				</Note>
			)}
			<button
				type="button"
				class="primary"
				data-action="camera"
				aria-busy={opening}
				onClick={() => void open()}
			>
				<Icon name="camera" />
				{t("scan_open")}
			</button>
		</div>
	);
}

function Paste(props: { onText: (text: string) => void }) {
	const t = useWallet();
	const [text, setText] = useState("");
	return (
		<form
			class="sheet stack"
			onSubmit={(e) => {
				e.preventDefault();
				props.onText(text);
			}}
		>
			<div class="field">
				<label for="link">{t("paste")}</label>
				<small id="link-hint">{t("paste_hint")}</small>
				<textarea
					id="link"
					rows={3}
					value={text}
					aria-describedby="link-hint"
					autocomplete="off"
					spellcheck={false}
					onInput={(e) => setText(e.currentTarget.value)}
				/>
			</div>
			<button type="submit" data-action="open">
				{t("open_link")}
			</button>
		</form>
	);
}

export function ScanView() {
	const t = useWallet();
	const home = useHome();
	const [problem, setProblem] = useState<Problem | null>(null);
	const take = async (text: string) => {
		try {
			readLink(text);
			await keepLink(home, text.trim());
			go("link");
		} catch (error) {
			setProblem(asProblem(error, "link_unknown"));
		}
	};
	return (
		<View title={t("scan")}>
			<div class="stack">
				<p>{t("scan_how")}</p>
				{problem && <Failure problem={problem} />}
				<Scanner onText={(text) => void take(text)} />
				<Paste onText={(text) => void take(text)} />
			</div>
		</View>
	);
}
