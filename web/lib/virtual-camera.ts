// A camera without a camera, of the demo only: the server draws a head from
// a sample picture (GET /demo/head.jpg), this moves it, and pages get it from
// getUserMedia. Whoever runs yufu for real must expect such cameras: a page
// cannot tell them from a lens.
//
// In auto mode it reads what a page asks from its element with data-prompt,
// as a person would read it, and does it after a person's delay.

export type Pose =
	| "neutral"
	| "turn_left"
	| "turn_right"
	| "open_mouth"
	| "come_closer";

interface Head {
	/* degrees; the person's own left and down are positive */
	yaw: number;
	pitch: number;
	roll: number;
	/* 0 closed */
	mouth: number;
	/* 1 is the usual distance */
	near: number;
}

const STRAIGHT: Head = { yaw: 0, pitch: 0, roll: 0, mouth: 0, near: 1.01 };

/* Far enough for the challenge, and no farther. */
const POSES: Record<Pose, Head> = {
	neutral: STRAIGHT,
	turn_left: { ...STRAIGHT, yaw: 22 },
	turn_right: { ...STRAIGHT, yaw: -22 },
	open_mouth: { ...STRAIGHT, mouth: 0.6 },
	come_closer: { ...STRAIGHT, near: 1.45 },
};

const REACTION_MS = 500;
const MOVE_MS = 800;
const WATCH_MS = 50;
/** Between frames; the server draws one in about 10 ms. */
const FRAME_MS = 70;

export interface VirtualCameraOptions {
	/** Id of a sample picture; null covers the lens. */
	picture: string | null;
	/** Address of the frames, "/demo/head.jpg" at the server's root. */
	frames: string;
	/** Do what the page asks. */
	auto: boolean;
}

function isPose(s: string | null | undefined): s is Pose {
	return s !== null && s !== undefined && Object.hasOwn(POSES, s);
}

function mix(from: number, to: number, share: number): number {
	return from + (to - from) * share;
}

/** 0 to 1 without a jerk at either end. */
function ease(t: number): number {
	const x = Math.max(0, Math.min(1, t));
	return x * x * x * (x * (6 * x - 15) + 10);
}

/** Nobody holds still: a little unrest that never repeats. */
function unrest(head: Head, now_ms: number): Head {
	const t = now_ms / 1000;
	return {
		yaw: head.yaw + 0.8 * Math.sin(1.27 * t) + 0.4 * Math.sin(3.11 * t),
		pitch: head.pitch + 0.7 * Math.sin(0.91 * t + 2),
		roll: head.roll + 0.7 * Math.sin(0.73 * t + 4),
		mouth: head.mouth,
		near: head.near * (1.006 + 0.006 * Math.sin(1.53 * t)),
	};
}

export class VirtualCamera {
	readonly canvas: HTMLCanvasElement;
	readonly options: VirtualCameraOptions;
	/** Called when the pose that is being taken changes. */
	onPose: ((pose: Pose) => void) | null = null;

	#from = STRAIGHT;
	#pose: Pose = "neutral";
	#since_ms = 0;
	#asked = "";
	#watched: (() => Document | null) | null = null;
	#timer: ReturnType<typeof setInterval> | null = null;
	#running = false;

	constructor(options: Partial<VirtualCameraOptions> = {}) {
		this.options = {
			picture: null,
			frames: "/demo/head.jpg",
			auto: true,
			...options,
		};
		this.canvas = document.createElement("canvas");
		this.canvas.width = 640;
		this.canvas.height = 480;
	}

	get pose(): Pose {
		return this.#pose;
	}

	/** Goes into a pose and stays there. */
	take(pose: Pose): void {
		if (pose === this.#pose)
			return;
		const now = performance.now();
		this.#from = this.#bare(now);
		this.#pose = pose;
		this.#since_ms = now;
		this.onPose?.(pose);
	}

	/** The page whose prompts are followed in auto mode. */
	watch(page: () => Document | null): void {
		this.#watched = page;
	}

	start(): void {
		if (this.#running)
			return;
		this.#running = true;
		this.#timer = setInterval(() => this.#look(), WATCH_MS);
		void this.#film();
	}

	stop(): void {
		this.#running = false;
		if (this.#timer !== null)
			clearInterval(this.#timer);
	}

	stream(): MediaStream {
		this.start();
		return this.canvas.captureStream(25);
	}

	/** Puts this camera behind getUserMedia of a window. */
	install(target: Window & typeof globalThis): void {
		const open = async (wanted?: MediaStreamConstraints) => {
			if (wanted?.audio)
				throw new DOMException("no microphone", "NotFoundError");
			return this.stream();
		};
		const { navigator } = target;
		if (navigator.mediaDevices)
			navigator.mediaDevices.getUserMedia = open;
		else
			Object.defineProperty(navigator, "mediaDevices", {
				value: { getUserMedia: open },
			});
		this.watch(() => target.document);
	}

	#bare(now_ms: number): Head {
		const to = POSES[this.#pose];
		const share = ease(
			(now_ms - this.#since_ms - REACTION_MS) / MOVE_MS,
		);
		return {
			yaw: mix(this.#from.yaw, to.yaw, share),
			pitch: mix(this.#from.pitch, to.pitch, share),
			roll: mix(this.#from.roll, to.roll, share),
			mouth: mix(this.#from.mouth, to.mouth, share),
			near: mix(this.#from.near, to.near, share),
		};
	}

	#look(): void {
		if (!this.options.auto)
			return;
		const shown = this.#watched?.()?.querySelector("[data-prompt]");
		const asked = shown?.getAttribute("data-prompt") ?? "";
		if (asked === this.#asked)
			return;
		this.#asked = asked;
		this.take(isPose(asked) ? asked : "neutral");
	}

	#address(picture: string): string {
		const head = unrest(this.#bare(performance.now()), performance.now());
		const query = new URLSearchParams({ picture });
		for (const [name, value] of Object.entries(head))
			query.set(name, (value as number).toFixed(3));
		return `${this.options.frames}?${query}`;
	}

	/** What a covered lens sees: almost nothing, and noise. */
	#cover(context: CanvasRenderingContext2D): void {
		const { width, height } = this.canvas;
		const picture = context.createImageData(width, height);
		for (let i = 0; i < picture.data.length; i += 4) {
			const v = 14 + Math.random() * 8;
			picture.data.set([v, v, v, 255], i);
		}
		context.putImageData(picture, 0, 0);
	}

	async #draw(context: CanvasRenderingContext2D): Promise<void> {
		const { picture } = this.options;
		if (picture === null) {
			this.#cover(context);
			return;
		}
		const response = await fetch(this.#address(picture), {
			cache: "no-store",
		});
		if (!response.ok)
			return;
		const frame = await createImageBitmap(await response.blob());
		const { width, height } = this.canvas;
		context.drawImage(frame, 0, 0, width, height);
		frame.close();
	}

	async #film(): Promise<void> {
		const context = this.canvas.getContext("2d");
		while (this.#running && context) {
			const begun = performance.now();
			try {
				await this.#draw(context);
			} catch {
				/* a frame that did not come: the next one may */
			}
			const rest = FRAME_MS - (performance.now() - begun);
			await new Promise((done) => setTimeout(done, Math.max(5, rest)));
		}
	}
}
