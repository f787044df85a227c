"use strict";

// The runner calls the functions in `api`, one at a time: the page asks for the next call and posts its result.
// Who terminates the call, Janus or SIPSorcery, the page neither knows nor cares.

const peers = new Map();
const sentVideo = document.getElementById("sent");
const players = { audio: document.getElementById("heard"), video: document.getElementById("received") };
const state = document.getElementById("state");
let sent = null;
let recording = null;

const say = text => { state.textContent += text + "\n"; fetch("log", { method: "POST", body: text }); };
window.addEventListener("error", e => say(`error: ${e.message}`));
window.addEventListener("unhandledrejection", e => say(`rejected: ${e.reason}`));

/** Camera and microphone: Chromium's play the clips. */
async function openDevices() {
  return navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    video: { width: 480, height: 360 },
  });
}

/** The page plays the clips itself, for browsers whose devices cannot play files. */
async function openFiles() {
  // Permission lets the browser tell its address, which nothing else here needs.
  (await navigator.mediaDevices.getUserMedia({ audio: true })).getTracks().forEach(track => track.stop());
  // Captured from a media element: an AudioContext does not run where there is no sound card.
  const speech = new Audio("speech.wav");
  speech.loop = true;
  const sound = speech.mozCaptureStream();
  await speech.play();

  const player = document.createElement("video");
  player.src = "clip.webm";
  player.loop = true;
  player.muted = true;
  await player.play();
  const canvas = document.createElement("canvas");
  canvas.width = 480;
  canvas.height = 360;
  const brush = canvas.getContext("2d");
  const draw = () => { brush.drawImage(player, 0, 0); player.requestVideoFrameCallback(draw); };
  draw();
  return new MediaStream([...sound.getAudioTracks(), ...canvas.captureStream(25).getVideoTracks()]);
}

function newPeer(name) {
  peers.get(name)?.close();
  const peer = new RTCPeerConnection();
  peers.set(name, peer);
  peer.addEventListener("connectionstatechange", () => say(`${name}: ${peer.connectionState}`));
  return peer;
}

/** The description with all candidates in it. */
async function gathered(peer) {
  if (peer.iceGatheringState !== "complete") {
    await Promise.race([
      new Promise(done => peer.addEventListener("icegatheringstatechange", () => peer.iceGatheringState === "complete" && done())),
      new Promise(done => setTimeout(done, 10000)),
    ]);
  }
  return { type: peer.localDescription.type, sdp: peer.localDescription.sdp };
}

function prefer(transceiver, kind, codec) {
  const all = RTCRtpReceiver.getCapabilities(kind).codecs;
  const wanted = all.filter(c => c.mimeType.toLowerCase() === `${kind}/${codec}`.toLowerCase());
  if (wanted.length === 0) throw new Error(`no ${codec}`);
  transceiver.setCodecPreferences(wanted);
}

/** Sends the clips over a connection, beside what it may receive. */
async function addMedia(peer, { source, videoCodec, kbps }) {
  sent ??= await (source === "devices" ? openDevices() : openFiles());
  sentVideo.srcObject = sent;
  for (const track of sent.getTracks()) {
    const transceiver = peer.getTransceivers().find(t => t.receiver.track.kind === track.kind && !t.sender.track) ?? peer.addTransceiver(track.kind);
    transceiver.direction = "sendrecv";
    await transceiver.sender.replaceTrack(track);
    transceiver.sender.setStreams?.(sent);
    if (track.kind !== "video") continue;
    if (videoCodec) prefer(transceiver, "video", videoCodec);
    try {
      const parameters = transceiver.sender.getParameters();
      parameters.degradationPreference = "maintain-resolution";
      for (const encoding of parameters.encodings ?? []) encoding.maxBitrate = kbps * 1000;
      await transceiver.sender.setParameters(parameters);
    } catch (e) {
      say(`bit rate not limited: ${e.message}`);
    }
  }
}

/** Plays what comes; sound and pictures apart, as a player of both would wait for the later one. */
function show(peer) {
  peer.addEventListener("track", async e => {
    const player = players[e.track.kind];
    player.srcObject = new MediaStream([e.track]);
    await player.play().catch(reason => say(`no playback: ${reason.message}`));
  });
}

/** Records what the browser plays. */
function record(stream) {
  const recorder = new MediaRecorder(stream, { audioBitsPerSecond: 128000 });
  const parts = [];
  recorder.addEventListener("dataavailable", e => parts.push(e.data));
  recorder.start();
  return { recorder, parts };
}

const api = {
  /** Offers the clips. */
  async offer({ name, ...media }) {
    const peer = newPeer(name);
    show(peer);
    await addMedia(peer, media);
    if (media.sendOnly) peer.getTransceivers().forEach(t => { t.direction = "sendonly"; });
    await peer.setLocalDescription();
    return gathered(peer);
  },

  async accept({ name, description }) {
    await peers.get(name).setRemoteDescription(description);
  },

  /** Answers an offer, with the clips where `source` says so. */
  async answer({ name, description, ...media }) {
    const peer = newPeer(name);
    show(peer);
    await peer.setRemoteDescription(description);
    if (media.source) await addMedia(peer, media);
    await peer.setLocalDescription();
    return gathered(peer);
  },

  /** What the connection's statistics say of each stream. */
  async stats({ name }) {
    const found = [];
    for (const entry of (await peers.get(name).getStats()).values()) {
      if (["inbound-rtp", "outbound-rtp", "codec", "remote-inbound-rtp"].includes(entry.type)) found.push(entry);
    }
    return found;
  },

  /** Video codecs that can be sent. */
  async videoCodecs() { return RTCRtpSender.getCapabilities("video").codecs.map(codec => codec.mimeType); },

  async startRecording() {
    recording = record(players.audio.srcObject);
  },

  async stopRecording({ upload }) {
    const { recorder, parts } = recording;
    recording = null;
    await new Promise(done => {
      recorder.addEventListener("stop", done);
      recorder.stop();
    });
    await fetch(`upload/${upload}`, { method: "POST", body: new Blob(parts) });
  },

  async close({ name }) {
    peers.get(name)?.close();
    peers.delete(name);
  },
};

(async () => {
  say(navigator.userAgent);
  for (;;) {
    const next = await (await fetch("next")).json();
    if (!next) continue;
    let reply;
    try {
      reply = { id: next.id, result: (await api[next.call](next.args)) ?? null };
    } catch (e) {
      reply = { id: next.id, error: `${next.call}: ${e.name}: ${e.message}` };
    }
    await fetch("done", { method: "POST", body: JSON.stringify(reply) });
  }
})();
