// Enrolment into the demo's register, by the visitor's own hand.
import { useState } from "preact/hooks";
import { CopyButton } from "../lib/copy.tsx";
import { useCommon } from "../lib/common.ts";
import { DemoNote, useFaceFigures } from "../lib/demo.tsx";
import { useStepFocus } from "../lib/focus.ts";
import { Frame, Note, ProblemNote, mount } from "../lib/page.tsx";
import { Icon } from "../lib/icon.tsx";
import type { Problem } from "../lib/api.ts";
import { enrol } from "./enrol.ts";
import type { Enrolled, Person } from "./enrol.ts";
import { Portrait } from "./portrait.tsx";
import { useText } from "./text.ts";
import "./style.css";

const EMPTY: Person = {
	family_name: "",
	given_name: "",
	family_name_latin: "",
	given_name_latin: "",
	birth_date: "",
	sex: 0,
	locality: "",
};

const REQUIRED = ["family_name", "given_name", "birth_date"] as const;
type Required = (typeof REQUIRED)[number];

interface FieldProps {
	name: keyof Person;
	label: string;
	type?: "text" | "date";
	required?: boolean;
	invalid: boolean;
	person: Person;
	onChange: (person: Person) => void;
}

function Field(props: FieldProps) {
	const t = useText();
	const { name, person } = props;
	const today = new Date().toISOString().slice(0, 10);
	return (
		<div class="field">
			<label for={name}>
				{props.label}
				{!props.required && <small> ({t("optional")})</small>}
			</label>
			<input
				id={name}
				name={name}
				type={props.type ?? "text"}
				value={String(person[name])}
				required={props.required}
				maxLength={props.type === "date" ? undefined : 100}
				min={props.type === "date" ? "1900-01-01" : undefined}
				max={props.type === "date" ? today : undefined}
				autocomplete="off"
				aria-invalid={props.invalid}
				aria-describedby={props.invalid ? `${name}-missing` : undefined}
				onInput={(e) =>
					props.onChange({ ...person, [name]: e.currentTarget.value })
				}
			/>
			{props.invalid && (
				<p id={`${name}-missing`} class="missing">
					{t("field_missing")}
				</p>
			)}
		</div>
	);
}

function Sex(props: { person: Person; onChange: (p: Person) => void }) {
	const c = useCommon();
	return (
		<fieldset class="sex">
			<legend>{c("claim_sex")}</legend>
			<div class="row">
				{([1, 2, 9, 0] as const).map((code) => (
					<label key={code}>
						<input
							type="radio"
							name="sex"
							checked={props.person.sex === code}
							onChange={() =>
								props.onChange({ ...props.person, sex: code })
							}
						/>
						{c(`sex_${code}`)}
					</label>
				))}
			</div>
		</fieldset>
	);
}

interface FormProps {
	person: Person;
	invalid: ReadonlySet<string>;
	onChange: (person: Person) => void;
}

function Fields(props: FormProps) {
	const t = useText();
	const c = useCommon();
	const { person, onChange, invalid } = props;
	const field = (name: keyof Person, label: string) => (
		<Field
			name={name}
			label={label}
			type={name === "birth_date" ? "date" : "text"}
			required={REQUIRED.includes(name as Required)}
			invalid={invalid.has(name)}
			person={person}
			onChange={onChange}
		/>
	);
	return (
		<>
			<div class="pair">
				{field("family_name", c("claim_family_name"))}
				{field("given_name", c("claim_given_name"))}
				{field("family_name_latin", c("claim_family_name_latin"))}
				{field("given_name_latin", c("claim_given_name_latin"))}
				{field("birth_date", c("claim_birthdate"))}
				{field("locality", t("locality"))}
			</div>
			<Sex person={person} onChange={onChange} />
		</>
	);
}

function Form(props: { onDone: (enrolled: Enrolled) => void }) {
	const t = useText();
	const [person, setPerson] = useState(EMPTY);
	const [portrait, setPortrait] = useState<Blob | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	const [busy, setBusy] = useState(false);
	const [tried, setTried] = useState(false);
	const [shooting, setShooting] = useState(false);
	const empty = REQUIRED.filter((n) => person[n].trim() === "");
	const send = async (event: Event) => {
		event.preventDefault();
		setTried(true);
		if (empty[0])
			document.getElementById(empty[0])?.focus();
		if (empty.length > 0 || !portrait || busy)
			return;
		setBusy(true);
		const result = await enrol(person, portrait);
		setBusy(false);
		setProblem(result.ok ? null : result.problem);
		if (result.ok)
			props.onDone(result.value);
	};
	return (
		<form class="sheet stack" noValidate onSubmit={send}>
			<h1>{t("heading")}</h1>
			<p>{t("intro")}</p>
			<Fields
				person={person}
				invalid={new Set(tried ? empty : [])}
				onChange={setPerson}
			/>
			<Portrait
				picture={portrait}
				missing={tried && !portrait}
				onPicture={setPortrait}
				onShooting={setShooting}
			/>
			{problem && <ProblemNote problem={problem} />}
			<button type="submit" class="primary" disabled={busy || shooting}>
				{busy ? t("sending") : t("send")}
			</button>
		</form>
	);
}

function Done(props: { enrolled: Enrolled; onAgain: () => void }) {
	const t = useText();
	const { number, name } = props.enrolled;
	const heading = useStepFocus<HTMLHeadingElement>(number);
	return (
		<div class="sheet stack">
			<h1 ref={heading} tabIndex={-1}>
				{t("done")}
			</h1>
			<p role="status">{t("done_text")}</p>
			<dl class="facts">
				<div>
					<dt>{t("your_number")}</dt>
					<dd>
						<span class="number" data-number>
							{number}
						</span>
						<CopyButton text={number} />
					</dd>
				</div>
				<div>
					<dt>{t("your_name")}</dt>
					<dd>
						<span data-name>{name}</span>
						<CopyButton text={name} />
					</dd>
				</div>
			</dl>
			<a class="button primary" href="../wallet/" data-action="wallet">
				<Icon name="card" />
				{t("get_card")}
			</a>
			<button type="button" class="plain" onClick={props.onAgain}>
				{t("another")}
			</button>
		</div>
	);
}

function Page() {
	const t = useText();
	const [enrolled, setEnrolled] = useState<Enrolled | null>(null);
	const figures = useFaceFigures("../face");
	return (
		<Frame title={t("title")}>
			<div class="banner">
				<Note kind="demo" title={t("banner")}>
					<p>{t("banner_text")}</p>
				</Note>
				{figures?.standing === "demo" && <DemoNote />}
			</div>
			{enrolled ? (
				<Done enrolled={enrolled} onAgain={() => setEnrolled(null)} />
			) : (
				<Form onDone={setEnrolled} />
			)}
		</Frame>
	);
}

mount(Page);
