// The page of a relying party's desk: choose a check, show the code, see the
// answer.
import { useEffect, useState } from "preact/hooks";
import { useCommon } from "../lib/common.ts";
import { useStepFocus } from "../lib/focus.ts";
import { Icon } from "../lib/icon.tsx";
import { Busy, Frame, Note, ProblemNote, mount } from "../lib/page.tsx";
import { registerWorker } from "../lib/worker.ts";
import type { Problem } from "../lib/api.ts";
import { Asking, PolicyFacts, policyName } from "./asking.tsx";
import { forgetKey, keepKey, takeKey } from "./key.ts";
import { create, whoAmI } from "./request.ts";
import type { Answer, Created, Party, Policy } from "./request.ts";
import { ResultView } from "./result.tsx";
import { TallyDesk } from "./tally.tsx";
import { useText } from "./text.ts";
import "./style.css";

type View =
	| { at: "choose"; erased?: boolean }
	| { at: "starting"; policy: Policy }
	| { at: "asking"; policy: Policy; created: Created }
	| { at: "result"; answer: Answer }
	| { at: "expired"; policy: Policy };

function KeyForm(props: { problem: Problem | null; onKey: (k: string) => void }) {
	const t = useText();
	const [key, setKey] = useState("");
	const wrong =
		props.problem?.status === 401 || props.problem?.status === 403;
	const send = (event: Event) => {
		event.preventDefault();
		if (key.trim() !== "")
			props.onKey(key.trim());
	};
	return (
		<form class="sheet stack key-form" onSubmit={send}>
			<h1>{t("key_title")}</h1>
			{wrong && (
				<Note kind="bad" alert title={t("key_wrong")}>
					<p>{t("key_wrong_next")}</p>
				</Note>
			)}
			{props.problem && !wrong && <ProblemNote problem={props.problem} />}
			<div class="field">
				<label for="key">{t("key_label")}</label>
				<small id="key-hint">{t("key_hint")}</small>
				<input
					id="key"
					type="password"
					autocomplete="off"
					required
					aria-describedby="key-hint"
					aria-invalid={wrong}
					onInput={(e) => setKey(e.currentTarget.value)}
				/>
			</div>
			<button type="submit" class="primary">
				<Icon name="key" />
				{t("key_go")}
			</button>
		</form>
	);
}

interface ChooseProps {
	party: Party;
	erased: boolean;
	problem: Problem | null;
	onPolicy: (policy: Policy) => void;
}

function Choose(props: ChooseProps) {
	const t = useText();
	const { policies } = props.party;
	const heading = useStepFocus<HTMLHeadingElement>(props.erased);
	return (
		<div class="stack">
			<h1 ref={heading} tabIndex={-1}>
				{t("choose_title")}
			</h1>
			{props.erased && (
				<Note kind="info" alert>
					<p>{t("erased")}</p>
				</Note>
			)}
			{props.problem && <ProblemNote problem={props.problem} />}
			{policies.length === 0 && (
				<Note kind="unsure" title={t("choose_none")}>
					<p>{t("choose_none_next")}</p>
				</Note>
			)}
			<div class="policies">
				{policies.map((p) => (
					<button
						key={p.name}
						type="button"
						class="policy"
						data-policy={p.name}
						onClick={() => props.onPolicy(p)}
					>
						<span class="policy-name">
							<Icon name="scan" />
							{policyName(t, p.name)}
						</span>
						<PolicyFacts policy={p} />
					</button>
				))}
			</div>
		</div>
	);
}

function Expired(props: { onAgain: () => void; onBack: () => void }) {
	const t = useText();
	const c = useCommon();
	const heading = useStepFocus<HTMLHeadingElement>(null);
	return (
		<div class="sheet stack">
			<h1 ref={heading} tabIndex={-1}>
				{t("expired_title")}
			</h1>
			<p role="status">{t("expired_text")}</p>
			<div class="row">
				<button type="button" class="primary" onClick={props.onAgain}>
					{t("new_code")}
				</button>
				<button type="button" onClick={props.onBack}>
					{c("back")}
				</button>
			</div>
		</div>
	);
}

/** Who this desk is, by its key. */
function useDesk() {
	const [entry] = useState(takeKey);
	const [key, setKey] = useState<string | null>(entry.key);
	const [party, setParty] = useState<Party | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	useEffect(() => {
		if (!key)
			return;
		let stale = false;
		whoAmI(key).then((result) => {
			if (stale)
				return;
			setProblem(result.ok ? null : result.problem);
			if (result.ok) {
				keepKey(key);
				setParty(result.value);
			} else {
				setKey(null);
			}
		});
		return () => {
			stale = true;
		};
	}, [key]);
	useEffect(() => {
		/* another desk's address opened in this tab */
		const reload = () => location.hash.includes("key=") && location.reload();
		addEventListener("hashchange", reload);
		return () => removeEventListener("hashchange", reload);
	}, []);
	const leave = () => {
		forgetKey();
		setKey(null);
		setParty(null);
	};
	return { key, setKey, party, problem, leave, wanted: entry.policy };
}

function Desk(props: { keyText: string; party: Party; wanted: string | null }) {
	const t = useText();
	const [view, setView] = useState<View>({ at: "choose" });
	const [problem, setProblem] = useState<Problem | null>(null);
	const choose = () => setView({ at: "choose" });
	const ask = async (policy: Policy) => {
		setView({ at: "starting", policy });
		const made = await create(props.keyText, policy.name);
		setProblem(made.ok ? null : made.problem);
		setView(
			made.ok
				? { at: "asking", policy, created: made.value }
				: { at: "choose" },
		);
	};
	useEffect(() => {
		const named = props.party.policies.find((p) => p.name === props.wanted);
		if (named)
			ask(named);
	}, []);
	useEffect(() => {
		const back = (event: KeyboardEvent) => {
			if (event.key === "Escape")
				choose();
		};
		addEventListener("keydown", back);
		return () => removeEventListener("keydown", back);
	}, []);
	switch (view.at) {
	case "choose":
		return (
			<Choose
				party={props.party}
				erased={view.erased === true}
				problem={problem}
				onPolicy={ask}
			/>
		);
	case "starting":
		return (
			<>
				<h1>{policyName(t, view.policy.name)}</h1>
				<Busy text={t("starting")} />
			</>
		);
	case "asking":
		return (
			<Asking
				keyText={props.keyText}
				policy={view.policy}
				created={view.created}
				onCancel={choose}
				onOver={(p) =>
					setView(
						p.result
							? { at: "result", answer: p.result }
							: { at: "expired", policy: view.policy },
					)
				}
			/>
		);
	case "expired":
		return <Expired onAgain={() => ask(view.policy)} onBack={choose} />;
	case "result":
		return (
			<ResultView
				answer={view.answer}
				onNext={choose}
				onErase={() => setView({ at: "choose", erased: true })}
			/>
		);
	}
}

function Page() {
	const t = useText();
	const c = useCommon();
	const desk = useDesk();
	const { key, party } = desk;
	const [scanning, setScanning] = useState(false);
	if (scanning)
		return (
			<Frame title={t("tally_title")} header={party?.name} wide>
				<TallyDesk onBack={() => setScanning(false)} />
			</Frame>
		);
	return (
		<Frame
			title={t("title")}
			header={party?.name}
			wide
			footer={
				key &&
				party && (
					<button type="button" class="plain" onClick={desk.leave}>
						{t("key_out")}
					</button>
				)
			}
		>
			{key && party && (
				<Desk keyText={key} party={party} wanted={desk.wanted} />
			)}
			{key && !party && (
				<>
					<h1>{t("title")}</h1>
					<Busy text={c("loading")} />
				</>
			)}
			{!key && <KeyForm problem={desk.problem} onKey={desk.setKey} />}
			<button
				type="button"
				class="plain"
				data-action="tally"
				onClick={() => setScanning(true)}
			>
				<Icon name="scan" />
				{t("tally_scan")}
			</button>
		</Frame>
	);
}

registerWorker();
mount(Page);
