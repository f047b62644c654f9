export const entries = ["virtual-camera.ts"];
