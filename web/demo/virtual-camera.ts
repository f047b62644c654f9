// The virtual camera alone, for a browser test to put into a page:
// window.yufuVirtualCamera.install({ picture: "…" }) before the page asks for
// the camera.
import { VirtualCamera } from "../lib/virtual-camera.ts";
import type { VirtualCameraOptions } from "../lib/virtual-camera.ts";

declare global {
	interface Window {
		yufuVirtualCamera: {
			VirtualCamera: typeof VirtualCamera;
			install: (options: Partial<VirtualCameraOptions>) => VirtualCamera;
		};
	}
}

window.yufuVirtualCamera = {
	VirtualCamera,
	install: (options) => {
		const camera = new VirtualCamera(options);
		camera.install(window);
		return camera;
	},
};
