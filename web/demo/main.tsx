// The demo's virtual camera beside the page that it films for.
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../lib/api.ts";
import { useCommon } from "../lib/common.ts";
import { CopyButton } from "../lib/copy.tsx";
import { Icon } from "../lib/icon.tsx";
import { Frame, Note, ProblemNote, mount } from "../lib/page.tsx";
import type { Problem } from "../lib/api.ts";
import { VirtualCamera } from "../lib/virtual-camera.ts";
import type { Pose } from "../lib/virtual-camera.ts";
import { useText } from "./text.ts";
import "./style.css";

interface Picture {
	id: string;
	name: string;
}

interface Person {
	name: string;
	number: string;
	/** Id of a picture. */
	picture: string;
}

const POSES = [
	"turn_left",
	"turn_right",
	"open_mouth",
	"come_closer",
	"neutral",
] as const;

const PAGES = { wallet: "../wallet/", enrol: "../desk/enrol" } as const;
type PageName = keyof typeof PAGES;

/** One camera for the life of the page. */
function useCamera() {
	const [camera] = useState(
		() => new VirtualCamera({ frames: "head.jpg", auto: true }),
	);
	const [pose, setPose] = useState<Pose>("neutral");
	useEffect(() => {
		camera.onPose = setPose;
		camera.start();
		return () => camera.stop();
	}, [camera]);
	return { camera, pose };
}

/** The pictures, and who of the register is in them. */
function usePictures() {
	const [pictures, setPictures] = useState<Picture[]>([]);
	const [people, setPeople] = useState<Person[]>([]);
	const [problem, setProblem] = useState<Problem | null>(null);
	useEffect(() => {
		call<{ pictures: Picture[] }>("pictures").then((result) => {
			if (result.ok)
				setPictures(result.value.pictures);
			else
				setProblem(result.problem);
		});
		call<{ people: Person[] }>("info").then((result) => {
			if (result.ok)
				setPeople(result.value.people);
		});
	}, []);
	return { pictures, people, problem };
}

/** What the proofing page will ask for. */
function Papers(props: { person: Person }) {
	const c = useCommon();
	const { name, number } = props.person;
	return (
		<dl class="papers">
			<div>
				<dt>{c("claim_personal_administrative_number")}</dt>
				<dd>
					<span class="number">{number}</span>
					<CopyButton text={number} />
				</dd>
			</div>
			<div>
				<dt>{c("claim_name")}</dt>
				<dd>
					<span>{name}</span>
					<CopyButton text={name} />
				</dd>
			</div>
		</dl>
	);
}

/** The camera's own canvas, put into the page. */
function Screen(props: { camera: VirtualCamera; label: string }) {
	const box = useRef<HTMLDivElement>(null);
	useEffect(() => {
		box.current?.append(props.camera.canvas);
	}, [props.camera]);
	return (
		<div ref={box} class="screen" role="img" aria-label={props.label} />
	);
}

interface ChooserProps {
	pictures: Picture[];
	people: Person[];
	chosen: string | null;
	onChoose: (id: string | null) => void;
}

function Chooser(props: ChooserProps) {
	const t = useText();
	const nameOf = (picture: Picture) =>
		props.people.find((p) => p.picture === picture.id)?.name ??
		picture.name;
	return (
		<fieldset class="pictures">
			<legend>{t("picture")}</legend>
			{props.pictures.map((p) => (
				<label key={p.id}>
					<input
						type="radio"
						name="picture"
						class="hidden"
						checked={props.chosen === p.id}
						onChange={() => props.onChoose(p.id)}
					/>
					<img
						src={`head.jpg?picture=${encodeURIComponent(p.id)}`}
						alt=""
					/>
					<span>{nameOf(p)}</span>
				</label>
			))}
			<label>
				<input
					type="radio"
					name="picture"
					class="hidden"
					checked={props.chosen === null}
					onChange={() => props.onChoose(null)}
				/>
				<span class="covered" aria-hidden="true" />
				<span>{t("covered")}</span>
			</label>
		</fieldset>
	);
}

interface ControlsProps {
	pose: Pose;
	auto: boolean;
	onAuto: (auto: boolean) => void;
	onPose: (pose: Pose) => void;
}

function Controls(props: ControlsProps) {
	const t = useText();
	return (
		<div class="stack">
			<label class="auto">
				<input
					type="checkbox"
					checked={props.auto}
					onChange={(e) => props.onAuto(e.currentTarget.checked)}
				/>
				{t("auto")}
			</label>
			<div class="poses" role="group" aria-label={t("moves")}>
				{POSES.map((p) => (
					<button
						key={p}
						type="button"
						data-pose={p}
						aria-pressed={props.pose === p}
						onClick={() => props.onPose(p)}
					>
						{t(`pose_${p}`)}
					</button>
				))}
			</div>
		</div>
	);
}

function Filmed(props: { camera: VirtualCamera }) {
	const t = useText();
	const frame = useRef<HTMLIFrameElement>(null);
	const [page, setPage] = useState<PageName>("wallet");
	const loaded = () => {
		const inner = frame.current?.contentWindow;
		if (inner)
			props.camera.install(inner as Window & typeof globalThis);
	};
	return (
		<section class="filmed">
			<div class="tabs" role="group" aria-label={t("pages")}>
				{(Object.keys(PAGES) as PageName[]).map((name) => (
					<button
						key={name}
						type="button"
						aria-pressed={page === name}
						onClick={() => setPage(name)}
					>
						<Icon name={name === "wallet" ? "card" : "person"} />
						{t(`page_${name}`)}
					</button>
				))}
			</div>
			<iframe
				key={page}
				ref={frame}
				src={PAGES[page]}
				title={t(`page_${page}`)}
				allow="camera; clipboard-write"
				onLoad={loaded}
			/>
		</section>
	);
}

function Page() {
	const t = useText();
	const { camera, pose } = useCamera();
	const { pictures, people, problem } = usePictures();
	const [chosen, setChosen] = useState<string | null>(null);
	const [auto, setAuto] = useState(true);
	const person = people.find((p) => p.picture === chosen);
	const choose = (id: string | null) => {
		camera.options.picture = id;
		setChosen(id);
	};
	useEffect(() => {
		const wanted = new URLSearchParams(location.search).get("picture");
		const first = pictures.find((p) => p.id === wanted) ?? pictures[0];
		if (first)
			choose(first.id);
	}, [pictures]);
	const setMode = (on: boolean) => {
		camera.options.auto = on;
		setAuto(on);
	};
	return (
		<Frame title={t("title")} wide>
			<h1>{t("title")}</h1>
			<Note kind="demo" title={t("what")}>
				<p>{t("warning")}</p>
			</Note>
			<div class="studio">
				<section class="stack controls">
					<Screen camera={camera} label={t("screen")} />
					{problem && <ProblemNote problem={problem} />}
					<Controls
						pose={pose}
						auto={auto}
						onAuto={setMode}
						onPose={(p) => {
							setMode(false);
							camera.take(p);
						}}
					/>
					<Chooser
						pictures={pictures}
						people={people}
						chosen={chosen}
						onChoose={choose}
					/>
					{person && <Papers person={person} />}
				</section>
				<Filmed camera={camera} />
			</div>
		</Frame>
	);
}

mount(Page);
