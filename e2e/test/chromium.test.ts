import { expect, test } from "vitest";
import { startChromium } from "./chromium.ts";

test("Chromium starts and opens a data channel over loopback", async () => {
  await using browser = await startChromium();
  const page = await browser.newPage();

  const received = await page.evaluate(async () => {
    const left = new RTCPeerConnection();
    const right = new RTCPeerConnection();
    left.onicecandidate = ({ candidate }) => void right.addIceCandidate(candidate);
    right.onicecandidate = ({ candidate }) => void left.addIceCandidate(candidate);
    const message = new Promise((resolve) => {
      right.ondatachannel = ({ channel }) => {
        channel.onmessage = ({ data }) => resolve(data);
      };
    });
    const channel = left.createDataChannel("test");
    channel.onopen = () => channel.send("over loopback");
    await left.setLocalDescription();
    await right.setRemoteDescription(left.localDescription as RTCSessionDescription);
    await right.setLocalDescription();
    await left.setRemoteDescription(right.localDescription as RTCSessionDescription);
    return message;
  });

  expect(received).toBe("over loopback");
});
