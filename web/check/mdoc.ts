// Claims of an mdoc in the names that an SD-JWT has: the page shows both
// alike. Elements that differ only by name are few and fixed by the types.
type Claims = Record<string, unknown>;

const NAMES: Record<string, string> = {
	birth_date: "birthdate",
	issuance_date: "date_of_issuance",
	portrait: "picture",
	nationality: "nationalities",
};
const AGE = /^age_over_(\d\d)$/;

/** A JPEG or PNG in base64url as a data URL; anything else stays. */
function picture(value: unknown): unknown {
	if (typeof value !== "string")
		return value;
	const base64 = value.replaceAll("-", "+").replaceAll("_", "/");
	const kind = base64.startsWith("iVBOR") ? "png" : "jpeg";
	return `data:image/${kind};base64,${base64}`;
}

function put(into: Claims, name: string, value: unknown): void {
	const age = AGE.exec(name)?.[1];
	if (age) {
		const ages = (into["age_equal_or_over"] ?? {}) as Claims;
		into["age_equal_or_over"] = { ...ages, [age]: value };
		return;
	}
	into[NAMES[name] ?? name] = name === "portrait" ? picture(value) : value;
}

/** {namespace:{element:value}} as {claim:value}. */
export function claimsOfMdoc(claims: Claims): Claims {
	const flat: Claims = {};
	for (const elements of Object.values(claims))
		if (elements && typeof elements === "object")
			for (const [name, value] of Object.entries(elements))
				put(flat, name, value);
	return flat;
}
