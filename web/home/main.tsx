// The start page: what this is, and in the demo city, what to open.
import { useEffect, useState } from "preact/hooks";
import { call } from "../lib/api.ts";
import { useCommon } from "../lib/common.ts";
import { CopyButton } from "../lib/copy.tsx";
import { DemoNote, useFaceFigures } from "../lib/demo.tsx";
import type { FaceFigures } from "../lib/demo.tsx";
import { Icon } from "../lib/icon.tsx";
import type { IconName } from "../lib/icon.tsx";
import { Mark } from "../lib/mark.tsx";
import { Busy, Frame, Note, ProblemNote, mount } from "../lib/page.tsx";
import { dateTime } from "../lib/messages.ts";
import type { Problem } from "../lib/api.ts";
import { useText } from "./text.ts";
import "./style.css";

interface Sample {
	name: string;
	number: string;
	picture: string;
	types: string[];
}

/** A type of credential with its name by locale. */
type CardType = { id: string } & Record<string, string>;

interface Party {
	name: string;
	policy: string;
	url: string;
}

interface DemoInfo {
	people: Sample[];
	types: CardType[];
	parties: Party[];
	wallet: string;
	enrol: string;
	camera: string;
}

/** The demo's addresses; null where this is no demo. */
function useDemo() {
	const [info, setInfo] = useState<DemoInfo | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	const [known, setKnown] = useState(false);
	useEffect(() => {
		call<DemoInfo>("demo/info").then((result) => {
			if (result.ok)
				setInfo(result.value);
			else if (result.problem.status !== 404)
				setProblem(result.problem);
			setKnown(true);
		});
	}, []);
	return { info, problem, known };
}

interface WayProps {
	href: string;
	icon: IconName;
	title: string;
	text: string;
	step?: number;
	/** A page of somebody else's desk: beside this one. */
	apart?: boolean;
}

function Way(props: WayProps) {
	return (
		<a
			class="way"
			href={props.href}
			target={props.apart ? "_blank" : undefined}
			rel={props.apart ? "noopener" : undefined}
		>
			<span class="way-icon">
				<Icon name={props.icon} />
			</span>
			<span>
				<strong>
					{props.step && `${props.step}. `}
					{props.title}
				</strong>
				<span class="way-text">{props.text}</span>
			</span>
		</a>
	);
}

function Samples(props: {
	people: Sample[];
	types: CardType[];
	camera: string;
}) {
	const t = useText();
	const nameOf = (id: string) =>
		props.types.find((type) => type.id === id)?.[t.locale] ?? id;
	return (
		<section aria-labelledby="samples">
			<h2 id="samples">{t("samples")}</h2>
			<p>{t("samples_text")}</p>
			<ul class="samples">
				{props.people.map((p) => (
					<li key={p.number} class="sheet">
						<strong>{p.name}</strong>
						<span class="number">{p.number}</span>
						<span class="small soft">
							{t("sample_cards")}: {p.types.map(nameOf).join(", ")}
						</span>
						<div class="row">
							<CopyButton text={p.number} />
							<a
								class="button"
								href={`${props.camera}?picture=${encodeURIComponent(p.picture)}`}
							>
								<Icon name="camera" />
								{t("as_camera")}
							</a>
						</div>
					</li>
				))}
			</ul>
		</section>
	);
}

function Demo(props: { info: DemoInfo }) {
	const t = useText();
	const { info } = props;
	return (
		<>
			<Note kind="demo" title={t("demo")}>
				<p>{t("demo_text")}</p>
			</Note>
			<section aria-labelledby="try">
				<h2 id="try">{t("try")}</h2>
				<div class="ways">
					<Way
						step={1}
						href={info.enrol}
						icon="person"
						title={t("enrol")}
						text={t("enrol_text")}
					/>
					<Way
						step={2}
						href={info.wallet}
						icon="card"
						title={t("wallet")}
						text={t("wallet_text")}
					/>
					{info.parties.map((p) => (
						<Way
							key={p.url}
							step={3}
							apart
							href={p.url}
							icon="scan"
							title={p.name}
							text={t.find(`party_${p.policy}`) ?? t("check_text")}
						/>
					))}
					<Way
						href={info.camera}
						icon="camera"
						title={t("camera")}
						text={t("camera_text")}
					/>
				</div>
			</section>
			{info.people.length > 0 && (
				<Samples
					types={info.types}
					people={info.people}
					camera={info.camera}
				/>
			)}
		</>
	);
}

function Plain() {
	const t = useText();
	return (
		<div class="ways">
			<Way
				href="wallet/"
				icon="card"
				title={t("wallet")}
				text={t("wallet_text")}
			/>
			<Way
				href="check/"
				icon="scan"
				title={t("check")}
				text={t("check_text")}
			/>
		</div>
	);
}

function Promises() {
	const t = useText();
	return (
		<section class="sheet" aria-labelledby="promises">
			<h2 id="promises">{t("promises")}</h2>
			<ul class="promises">
				{([1, 2, 3, 4] as const).map((n) => (
					<li key={n}>
						<Icon name="check" />
						<span>{t(`promise_${n}`)}</span>
					</li>
				))}
			</ul>
		</section>
	);
}

const million = (rate: number): string => String(Math.ceil(rate * 1e6 - 1e-9));

/** What the face check is worth, for everybody; what to do, for who runs it. */
function Figures(props: { figures: FaceFigures }) {
	const t = useText();
	const { standing, certificate, fmr_max, fmr_max_group } = props.figures;
	if (standing === "certified" && certificate)
		return (
			<section class="sheet" aria-labelledby="figures" data-face={standing}>
				<h2 id="figures">{t("figures")}</h2>
				<p>
					{t("figures_text", {
						fmr: million(certificate.fmr),
						group: million(certificate.fmr_group),
						max: million(fmr_max),
						group_max: million(fmr_max_group),
					})}
				</p>
				<p class="soft">
					{t("figures_by", {
						by: certificate.by,
						data: certificate.data,
						until: dateTime(t.locale, certificate.expires_at),
					})}{" "}
					{certificate.by_operator && t("figures_own")}
				</p>
			</section>
		);
	return (
		<section class="stack" data-face={standing}>
			{standing === "demo" && <DemoNote />}
			<Note kind="unsure" title={t("operator")}>
				<p>{t(standing === "demo" ? "operator_demo" : "operator_closed")}</p>
				<p>{t("operator_weights")}</p>
			</Note>
		</section>
	);
}

function Page() {
	const t = useText();
	const c = useCommon();
	const { info, problem, known } = useDemo();
	const figures = useFaceFigures("face");
	const [joined, setJoined] = useState(false);
	useEffect(() => {
		const timer = setTimeout(() => setJoined(true), 350);
		return () => clearTimeout(timer);
	}, []);
	return (
		<Frame title={t("title")} header={c("yufu")} wide>
			<div class="hero">
				<Mark joined={joined} class="hero-mark" />
				<div>
					<h1>{t("title")}</h1>
					<p class="lead">{t("lead")}</p>
					<p class="soft">{t("origin")}</p>
				</div>
			</div>
			<div class="stack">
				{!known && <Busy text={c("loading")} />}
				{problem && <ProblemNote problem={problem} />}
				{known && (info ? <Demo info={info} /> : <Plain />)}
				{figures && <Figures figures={figures} />}
				<Promises />
			</div>
		</Frame>
	);
}

mount(Page);
