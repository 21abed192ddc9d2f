// All there is on this page: socket.io's client and the browser's WebRTC.
const room = new URLSearchParams(location.search).get("room") ?? "lobby";
const element = (id) => document.getElementById(id);
const show = (text) => (element("status").textContent = text);

let socket;
let camera;
/** The call there is: with whom, its connection, and candidates that came too early for it. */
let call;

element("join").addEventListener("click", () => {
  join().catch((error) => show(`That did not work: ${error.message}`));
});
element("leave").addEventListener("click", leave);

async function join() {
  element("join").disabled = true;
  camera = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  element("local").srcObject = camera;
  socket = io();
  // After a lost connection this is another socket, and has to join again.
  socket.on("connect", () => socket.emit("join room", room));
  socket.on("disconnect", hangUp);
  socket.on("room full", () => {
    leave();
    show("Two people are in this room already");
  });

  socket.on("other user", (id) => startCall(id, { isCaller: true }));
  socket.on("user joined", () => show("Somebody is coming"));
  socket.on("user left", (id) => {
    if (call?.id === id) hangUp();
  });

  socket.on("offer", async ({ caller, sdp }) => {
    const { connection } = call?.id === caller ? call : startCall(caller, { isCaller: false });
    await connection.setRemoteDescription(sdp);
    await connection.setLocalDescription();
    socket.emit("answer", { target: caller, sdp: connection.localDescription });
    await addWaiting();
  });
  socket.on("answer", async ({ caller, sdp }) => {
    if (call?.id !== caller) return;
    await call.connection.setRemoteDescription(sdp);
    await addWaiting();
  });
  socket.on("ice-candidate", async (candidate, id) => {
    if (call?.id !== id) return;
    if (call.connection.remoteDescription === null) call.waiting.push(candidate);
    else await call.connection.addIceCandidate(candidate);
  });

  element("leave").disabled = false;
  show("Waiting for somebody");
}

function startCall(id, { isCaller }) {
  hangUp();
  const connection = new RTCPeerConnection();
  call = { id, connection, waiting: [] };
  connection.onicecandidate = ({ candidate }) => {
    if (candidate !== null) socket.emit("ice-candidate", { target: id, candidate });
  };
  connection.ontrack = ({ streams }) => (element("remote").srcObject = streams[0]);
  connection.onconnectionstatechange = () => {
    if (connection.connectionState === "connected") show("Talking");
    if (connection.connectionState === "failed") show("No way to the other one was found");
  };
  for (const track of camera.getTracks()) connection.addTrack(track, camera);
  if (isCaller) {
    connection.onnegotiationneeded = async () => {
      await connection.setLocalDescription();
      socket.emit("offer", { target: id, sdp: connection.localDescription });
    };
  }
  return call;
}

async function addWaiting() {
  for (const candidate of call?.waiting.splice(0) ?? []) await call.connection.addIceCandidate(candidate);
}

function hangUp() {
  if (call === undefined) return;
  call.connection.close();
  call = undefined;
  element("remote").srcObject = null;
  show("The other one has left");
}

function leave() {
  hangUp();
  socket.disconnect();
  for (const track of camera.getTracks()) track.stop();
  element("local").srcObject = null;
  element("join").disabled = false;
  element("leave").disabled = true;
  show("Not in the room");
}
