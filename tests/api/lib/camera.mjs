// Somebody before the demo's virtual camera: poses from prompts and times, frames from /demo/head.jpg.
const TARGETS = {
	neutral: {}, turn_left: { yaw: 22 }, turn_right: { yaw: -22 }, open_mouth: { mouth: 0.6 }, come_closer: { near: 1.45 },
}
const ONSET_MS = 500
const MOVE_MS = 800
const STRAIGHT = { yaw: 0, mouth: 0, near: 1 }

export class Camera {
	constructor(picture) {
		this.picture = picture
		this.from = STRAIGHT
		this.to = STRAIGHT
		this.shown = Date.now()
	}

	show(kind) {
		if (kind === this.kind) return
		this.from = this.bare()
		this.kind = kind
		this.to = { ...STRAIGHT, ...TARGETS[kind] }
		this.shown = Date.now()
	}

	bare() {
		const t = Math.min(Math.max((Date.now() - this.shown - ONSET_MS) / MOVE_MS, 0), 1)
		const share = t ** 3 * (t * (6 * t - 15) + 10)
		return Object.fromEntries(Object.keys(STRAIGHT).map((name) => [name, this.from[name] + share * (this.to[name] - this.from[name])]))
	}

	/** A body is never quite still. */
	pose() {
		const t = (Date.now() % 1_000_000) / 1000
		const pose = this.bare()
		return {
			yaw: pose.yaw + 0.8 * Math.sin(1.31 * t) + 0.4 * Math.sin(3.17 * t + 1),
			pitch: 0.7 * Math.sin(0.93 * t + 2) + 0.3 * Math.sin(2.71 * t),
			roll: 0.7 * Math.sin(0.71 * t + 4),
			mouth: Math.max(0, pose.mouth),
			near: Math.max(1, pose.near * (1 + 0.006 * Math.sin(1.57 * t))),
		}
	}

	async frame(city) {
		const query = new URLSearchParams({ picture: this.picture })
		for (const [name, value] of Object.entries(this.pose())) query.set(name, value.toFixed(3))
		const reply = await city.get(`/demo/head.jpg?${query}`)
		if (reply.status !== 200) throw new Error(`/demo/head.jpg: ${reply.status} ${reply.text}`)
		return reply.bytes
	}
}

export async function pictures(city) {
	return (await city.get('/demo/pictures')).json.pictures.map(({ id }) => id)
}
