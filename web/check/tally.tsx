// Reading a card from the code that a wallet shows without a network, and
// checking it here.
import { useEffect, useState } from "preact/hooks";
import { CameraView, closeCamera, useOpenCamera } from "../lib/camera.tsx";
import { nowSeconds } from "../lib/clock.ts";
import { useCommon } from "../lib/common.ts";
import { Icon } from "../lib/icon.tsx";
import { dateTime } from "../lib/messages.ts";
import { Note } from "../lib/page.tsx";
import { useScanning } from "../lib/scan.ts";
import {
	DOC_TYPE,
	PREFIX,
	Refusal,
	SKEW_S,
	type Verified,
	verifyTally,
	WINDOW_S,
} from "../lib/tally.ts";
import { type Lists, loadLists, standingOf } from "./lists.ts";
import type { Answer } from "./request.ts";
import { ResultView } from "./result.tsx";
import { useText } from "./text.ts";

/* A tally has 117 modules and more a side. */
const CAMERA = { width: 1280, height: 960 };

/** As an answer that came over the network would be. */
function answerOf(found: Verified, at: number): Answer {
	const { elements } = found;
	const claims: Record<string, unknown> = {};
	const ages: Record<string, boolean> = {};
	for (const [name, value] of Object.entries(elements)) {
		const age = /^age_over_(\d+)$/.exec(name)?.[1];
		if (age) ages[age] = value === true;
		else if (value instanceof Uint8Array)
			claims[name] = [...value].map((b) => b.toString(16).padStart(2, "0")).join("");
		else if (name !== "demo") claims[name] = value;
	}
	if (Object.keys(ages).length > 0) claims.age_equal_or_over = ages;
	const level = elements.assurance_level;
	return {
		verdict: "accepted",
		reason: null,
		advice: null,
		claims,
		assurance_level: typeof level === "string" ? level : null,
		issuer: null,
		demo: elements.demo === true,
		checked_at: at,
		delete_at: at + 3600,
	};
}

function refusalOf(error: unknown, at: number): Answer {
	const refusal =
		error instanceof Refusal ? error : new Refusal("syntax", String(error));
	return {
		verdict: refusal.undetermined ? "undetermined" : "refused",
		reason: refusal.reason,
		advice: null,
		claims: {},
		assurance_level: null,
		issuer: null,
		demo: false,
		checked_at: at,
		delete_at: at + 3600,
	};
}

/* Of this desk; forgotten when they would be refused by their time. */
const seen = new Map<string, number>();

function isCopy(id: string, now: number): boolean {
	for (const [old, until] of seen) if (until < now) seen.delete(old);
	if (seen.has(id)) return true;
	seen.set(id, now + WINDOW_S + 2 * SKEW_S);
	return false;
}

async function check(text: string, lists: Lists): Promise<Answer & { for?: string }> {
	const now = nowSeconds();
	try {
		const found = await verifyTally(text.trim(), {
			...lists,
			now,
			docTypes: [DOC_TYPE],
			standing: (reference) => standingOf(reference, lists.roots),
		});
		if (isCopy(found.id, now)) throw new Refusal("holder", "read before");
		return { ...answerOf(found, now), for: found.purpose };
	} catch (error) {
		return refusalOf(error, now);
	}
}

function Scanner(props: { onText: (text: string) => void }) {
	const t = useText();
	const [stream, setStream] = useState<MediaStream | null>(null);
	const [failed, setFailed] = useState(false);
	const openCamera = useOpenCamera("environment", CAMERA);
	const video = useScanning(
		stream,
		(text) => text.startsWith(PREFIX) && props.onText(text),
		CAMERA.width,
	);
	useEffect(() => () => closeCamera(stream), [stream]);
	const open = async () => {
		const opened = await openCamera();
		if (opened?.ok) setStream(opened.stream);
		else if (opened) setFailed(true);
	};
	if (stream)
		return (
			<div class="scanner">
				<CameraView stream={stream} label={t("tally_view")} videoRef={video} />
				<p class="busy" role="status">
					<span class="ring" aria-hidden="true" />
					{t("tally_looking")}
				</p>
			</div>
		);
	return (
		<>
			{failed && (
				<Note kind="unsure" alert>
					<p>{t("tally_no_camera")}</p>
				</Note>
			)}
			<button
				type="button"
				class="primary"
				data-action="tally-camera"
				onClick={() => void open()}
			>
				<Icon name="camera" />
				{t("tally_open")}
			</button>
		</>
	);
}

function Paste(props: { onText: (text: string) => void }) {
	const t = useText();
	const [text, setText] = useState("");
	const send = (event: Event) => {
		event.preventDefault();
		props.onText(text);
	};
	return (
		<form class="stack" onSubmit={send}>
			<div class="field">
				<label for="tally-text">{t("tally_paste")}</label>
				<textarea
					id="tally-text"
					rows={3}
					autocomplete="off"
					spellcheck={false}
					onInput={(e) => setText(e.currentTarget.value)}
				/>
			</div>
			<button type="submit" data-action="tally-check">
				{t("tally_check")}
			</button>
		</form>
	);
}

export function TallyDesk(props: { onBack: () => void }) {
	const t = useText();
	const c = useCommon();
	const [lists, setLists] = useState<Lists | null | undefined>(undefined);
	const [answer, setAnswer] = useState<(Answer & { for?: string }) | null>(null);
	useEffect(() => {
		void loadLists().then(setLists);
	}, []);
	const take = (text: string) => {
		if (lists) void check(text, lists).then(setAnswer);
	};
	const again = () => setAnswer(null);
	if (answer)
		return (
			<>
				{answer.for && (
					<p data-purpose={answer.for}>
						{t("tally_purpose")}:{" "}
						<strong>{t.find(`made_for_${answer.for}`) ?? answer.for}</strong>
					</p>
				)}
				<ResultView answer={answer} onNext={again} onErase={again} />
			</>
		);
	return (
		<div class="sheet stack">
			<h1>{t("tally_title")}</h1>
			<p>{t("tally_text")}</p>
			{lists === null && (
				<Note kind="unsure" alert>
					<p>{t("tally_lists_old")}</p>
				</Note>
			)}
			{lists && (
				<>
					<Scanner onText={take} />
					<Paste onText={take} />
					<p class="soft small" data-lists>
						{t("tally_lists", { time: dateTime(t.locale, lists.madeAt) })}
					</p>
				</>
			)}
			<button type="button" class="plain" onClick={props.onBack}>
				{c("back")}
			</button>
		</div>
	);
}
