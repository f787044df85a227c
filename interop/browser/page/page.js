"use strict";

// The runner calls the functions in `api`, one at a time: the page asks for the next call and posts its result.
// Who terminates the call, Janus or SIPSorcery, the page neither knows nor cares.

const peers = new Map();
const sentVideo = document.getElementById("sent");
const players = { audio: document.getElementById("heard"), video: document.getElementById("received") };
const state = document.getElementById("state");
let sent = null;
let recorder = null;

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
  const context = new AudioContext({ sampleRate: 48000 });
  const speech = context.createBufferSource();
  speech.buffer = await context.decodeAudioData(await (await fetch("speech.wav")).arrayBuffer());
  speech.loop = true;
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  speech.connect(destination);
  speech.start();
  await context.resume();

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
  return new MediaStream([...destination.stream.getAudioTracks(), ...canvas.captureStream(25).getVideoTracks()]);
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

/** Records what the browser plays: mono, at the context's rate, as 16-bit samples. */
async function record(stream) {
  const context = new AudioContext({ sampleRate: 48000 });
  const code = `registerProcessor("tap", class extends AudioWorkletProcessor {
    process([input]) { if (input[0]) this.port.postMessage(input[0].slice()); return true; } });`;
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  const tap = new AudioWorkletNode(context, "tap");
  const blocks = [];
  tap.port.onmessage = e => blocks.push(e.data);
  context.createMediaStreamSource(stream).connect(tap);
  tap.connect(context.destination);
  await context.resume();
  return { context, blocks };
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

  async state({ name }) { return peers.get(name).connectionState; },

  async startRecording() {
    recorder = await record(players.audio.srcObject);
  },

  async stopRecording({ upload }) {
    await recorder.context.suspend();
    const total = recorder.blocks.reduce((sum, block) => sum + block.length, 0);
    const samples = new Int16Array(total);
    let at = 0;
    for (const block of recorder.blocks) {
      for (const value of block) samples[at++] = Math.max(-1, Math.min(1, value)) * 32767;
    }
    await fetch(`upload/${upload}`, { method: "POST", body: samples.buffer });
    await recorder.context.close();
    recorder = null;
    return total;
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
