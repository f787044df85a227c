'use strict';
// Without this script the page still has players with controls and every frame; the script makes them one.
(function listen() {
  const box = document.querySelector('.players');
  if (!box) return;
  const tracks = [...box.querySelectorAll('.player')].map(player => ({
    name: player.dataset.track,
    label: player.querySelector('.player-name').innerHTML,
    audio: player.querySelector('audio'),
  }));
  const rows = [...document.querySelectorAll('.signal[data-track]')];
  const transport = document.createElement('div');
  transport.className = 'transport';
  const play = document.createElement('button');
  play.type = 'button';
  play.className = 'play';
  const choice = document.createElement('div');
  choice.className = 'tracks';
  choice.setAttribute('role', 'group');
  choice.setAttribute('aria-label', 'Track');
  const clock = document.createElement('div');
  clock.className = 'clock';
  transport.append(play, choice, clock);
  box.replaceWith(transport);

  let current = tracks[0];
  const icons = {
    play: '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M5 2.5v15l12-7.5z"/></svg>',
    pause: '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M4 3h4v14H4zM12 3h4v14h-4z"/></svg>',
  };

  function show() {
    const running = !current.audio.paused;
    play.innerHTML = running ? icons.pause : icons.play;
    play.setAttribute('aria-label', running ? 'Pause' : 'Play');
    for (const track of tracks) track.button.setAttribute('aria-pressed', String(track === current));
    for (const row of rows) row.classList.toggle('current', row.dataset.track === current.name);
    place();
  }

  function place() {
    const now = current.audio.currentTime;
    const length = current.audio.duration || 0;
    clock.textContent = `${now.toFixed(1)} s of ${length.toFixed(1)} s`;
    for (const row of rows) {
      const { from, to } = row.parentElement.dataset;
      const share = (now - from) / (to - from);
      row.classList.toggle('playing', now > 0 && share >= 0 && share <= 1);
      const line = row.querySelector('.playhead');
      line.setAttribute('x1', `${100 * share}%`);
      line.setAttribute('x2', `${100 * share}%`);
    }
  }

  function tick() {
    place();
    if (!current.audio.paused) requestAnimationFrame(tick);
  }

  function start() {
    current.audio.play().then(() => { show(); tick(); }, show);
  }

  function select(track, seconds) {
    const running = !current.audio.paused;
    const now = seconds ?? current.audio.currentTime;
    current.audio.pause();
    current = track;
    current.audio.currentTime = now;
    if (running || seconds !== undefined) start();
    show();
  }

  for (const track of tracks) {
    track.button = document.createElement('button');
    track.button.type = 'button';
    track.button.innerHTML = track.label;
    track.button.addEventListener('click', () => select(track));
    choice.append(track.button);
    track.audio.addEventListener('ended', show);
    track.audio.addEventListener('loadedmetadata', show);
  }

  play.addEventListener('click', () => {
    if (current.audio.paused) return start();
    current.audio.pause();
    show();
  });
  for (const row of rows) {
    const drawing = row.querySelector('.drawing');
    drawing.addEventListener('click', event => {
      const track = tracks.find(track => track.name === row.dataset.track);
      const area = drawing.getBoundingClientRect();
      const { from, to } = row.parentElement.dataset;
      if (track) select(track, Number(from) + (to - from) * (event.clientX - area.left) / area.width);
    });
  }

  show();
})();

(function look() {
  const viewer = document.querySelector('.viewer');
  if (!viewer) return;
  viewer.classList.add('ready');
  const frames = [...viewer.querySelectorAll('.frame')];
  const sliders = frames.map(frame => frame.querySelector('input'));

  function press(group, button) {
    for (const other of group.querySelectorAll('button')) other.setAttribute('aria-pressed', String(other === button));
  }

  function choose(index) {
    frames.forEach((frame, i) => frame.classList.toggle('current', i === index));
  }

  for (const slider of sliders) {
    slider.addEventListener('input', () => {
      for (const other of sliders) {
        other.value = slider.value;
        other.parentElement.style.setProperty('--pos', `${slider.value}%`);
      }
    });
  }

  for (const button of viewer.querySelectorAll('.toolbar button')) {
    button.addEventListener('click', () => {
      press(button.parentElement, button);
      if (button.dataset.frame) choose(Number(button.dataset.frame));
      if (button.dataset.zoom) viewer.dataset.zoom = button.dataset.zoom;
      if (button.dataset.side) viewer.dataset.side = button.dataset.side;
    });
  }

  choose(0);
})();
